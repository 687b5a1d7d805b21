import { networkInterfaces } from 'node:os';
import { type Octets, writeIpv4 } from '../dns/index.ts';
import {
  SOCKADDR_ADDRESS_AT,
  SOCKADDR_OCTETS,
  SOCKADDR_PORT_AT,
  sockaddrOf,
  socketAddress,
} from './socket-address.ts';

const REMEMBERED = 1024;

/**
 * The socket address of a client, filled in from the text that Node gives. IPv4 is read without
 * allocation; IPv6 texts are remembered, for the same few clients ask again and again.
 */
export class ClientName {
  readonly octets: Octets;
  readonly addressAt: number;
  readonly #family: 4 | 6;
  readonly #known = new Map<string, Octets>();

  constructor(family: 4 | 6) {
    this.#family = family;
    this.addressAt = SOCKADDR_ADDRESS_AT[family];
    this.octets = new Uint8Array(SOCKADDR_OCTETS[family]);
    this.octets.set(this.#nameOf(family === 4 ? '0.0.0.0' : '::'));
  }

  fill(address: string, port: number): void {
    if (this.#family === 4) writeIpv4(address, this.octets, this.addressAt);
    else this.octets.set(this.#nameOf(address));
    this.octets[SOCKADDR_PORT_AT] = port >> 8;
    this.octets[SOCKADDR_PORT_AT + 1] = port & 255;
  }

  #nameOf(text: string): Octets {
    const known = this.#known.get(text);
    if (known) return known;
    const [address, zone] = text.split('%');
    const found = socketAddress(address, 0, zone === undefined ? 0 : scopeIdOf(zone));
    const name = found ? sockaddrOf(found) : new Uint8Array(this.octets.length);
    if (this.#known.size === REMEMBERED) this.#known.clear();
    this.#known.set(text, name);
    return name;
  }
}

/** The number of an interface, which Node gives by name (`fe80::1%eth0`). */
function scopeIdOf(name: string): number {
  const addresses = networkInterfaces()[name] ?? [];
  return addresses.find(({ scopeid = 0 }) => scopeid > 0)?.scopeid ?? 0;
}
