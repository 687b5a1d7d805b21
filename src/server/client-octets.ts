import { addressOctets, type ClientView, ipAddress, type Octets } from '../dns/index.ts';

const REMEMBERED = 1024;
const DOT = 0x2e;

/**
 * Fills a client view from the text Node gives for an address. IPv4 is read without allocation;
 * IPv6 texts are remembered, the same few clients ask again and again.
 */
export class ClientOctets {
  readonly #four = new Uint8Array(4);
  readonly #six = new Map<string, Octets>();

  /** IPv4-mapped addresses become IPv4; a zone suffix is passed over. */
  fill(view: ClientView, text: string, family: 4 | 6): void {
    if (family === 4) {
      readIpv4(text, this.#four);
      view.octets = this.#four;
    } else {
      view.octets = this.#octetsOf(text);
    }
    view.at = 0;
    view.length = view.octets.length === 4 ? 4 : 16;
  }

  #octetsOf(text: string): Octets {
    const known = this.#six.get(text);
    if (known) return known;
    const address = ipAddress(text.split('%')[0]);
    const octets = address ? addressOctets(address) : new Uint8Array(16);
    if (this.#six.size === REMEMBERED) this.#six.clear();
    this.#six.set(text, octets);
    return octets;
  }
}

function readIpv4(text: string, into: Octets): void {
  let part = 0;
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      into[at++] = part;
      part = 0;
    } else {
      part = part * 10 + code - 0x30;
    }
  }
  into[at] = part;
}
