import type { InNetworks } from './network.ts';
import type { ClientView, Octets } from './octets.ts';

/** Family, source and scope prefix lengths; the address follows (RFC 7871 section 6). */
const HEAD_OCTETS = 4;
const ADDRESS_OCTETS = 16;
const NO_FAMILY = 0;
const IPV4 = 1;
const IPV6 = 2;

/**
 * The network that a query was asked for, as a forwarder says in the option EDNS Client Subnet (RFC
 * 7871). Only forwarders that are believed are read; of all others the option is passed over, and the
 * response does not show it. One object a thread: the OPT writer fills it in for each query.
 *
 *     option: family (2), source prefix length (1), scope prefix length (1), address (as many octets
 *             as the source prefix needs, the bits behind it zero)
 */
export class ClientSubnet {
  /** The query said for whom it asks, and is believed. */
  isShown = false;
  /** Of an address of `length` octets so many bits are known; 0 means that the client stays unnamed. */
  sourceBits = 0;
  length: 4 | 16 = 4;
  /** The address, zeros behind what is known. */
  readonly address: Octets = new Uint8Array(ADDRESS_OCTETS);
  readonly #option: Octets = new Uint8Array(HEAD_OCTETS + ADDRESS_OCTETS);
  readonly #client: ClientView;
  readonly #isBelieved: InNetworks;
  #optionOctets = 0;

  constructor(client: ClientView, isBelieved: InNetworks) {
    this.#client = client;
    this.#isBelieved = isBelieved;
  }

  /** Octets of the option in the response, without its code and length. */
  get optionOctets(): number {
    return this.#optionOctets;
  }

  /** Call it when a query is done with. */
  forget(): void {
    this.isShown = false;
  }

  /** Reads the option at `query[at, at + length)`; false when it is malformed (section 7.1.2). */
  take(query: Octets, at: number, length: number): boolean {
    const { octets, at: clientAt, length: clientLength } = this.#client;
    if (!this.#isBelieved(octets, clientAt, clientLength)) return true;
    if (length < HEAD_OCTETS) return false;
    const family = (query[at] << 8) | query[at + 1];
    const bits = query[at + 2];
    const addressOctets = (bits + 7) >> 3;
    if (query[at + 3] !== 0 || bits > mostBits(family)) return false;
    if (length !== HEAD_OCTETS + addressOctets) return false;
    // The bits behind the prefix in its last octet.
    const rest = bits & 7;
    if (rest !== 0 && (query[at + length - 1] & (0xff >> rest)) !== 0) return false;
    this.#show(query, at, length, family, bits);
    return true;
  }

  /**
   * Says that the answer was chosen for this client: caches may give it to the network that was asked
   * for only (section 7.2.1). Without this they may give it to all.
   */
  narrow(): void {
    this.#option[3] = this.sourceBits;
  }

  /** Writes the option as it came, with the scope, and returns the offset behind it. */
  write(octets: Octets, at: number): number {
    for (let index = 0; index < this.#optionOctets; index++) {
      octets[at + index] = this.#option[index];
    }
    return at + this.#optionOctets;
  }

  #show(query: Octets, at: number, length: number, family: number, bits: number): void {
    this.isShown = true;
    this.sourceBits = bits;
    this.length = family === IPV6 ? 16 : 4;
    this.#optionOctets = length;
    for (let index = 0; index < length; index++) this.#option[index] = query[at + index];
    const shown = length - HEAD_OCTETS;
    for (let index = 0; index < ADDRESS_OCTETS; index++) {
      this.address[index] = index < shown ? query[at + HEAD_OCTETS + index] : 0;
    }
  }
}

/** Of a family we do not know nothing is right; of none, nothing may be told. */
function mostBits(family: number): number {
  if (family === IPV4) return 32;
  if (family === IPV6) return 128;
  return family === NO_FAMILY ? 0 : -1;
}
