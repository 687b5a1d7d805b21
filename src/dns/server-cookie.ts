import type { ClientView, Octets } from './octets.ts';
import { SipHash } from './siphash.ts';

/** The part of a cookie that is the client's own (RFC 7873 section 4). */
export const CLIENT_COOKIE_OCTETS = 8;
/** The server cookie of RFC 9018 section 4: version, three reserved octets, time, hash. */
const SERVER_COOKIE_OCTETS = 16;
const VERSION = 1;
/** A cookie is good for an hour, made anew after half of one, and may be five minutes ahead. */
const GOOD_SECONDS = 3600;
const FRESH_SECONDS = 1800;
const AHEAD_SECONDS = 300;

/**
 * Makes and checks DNS cookies (RFC 7873) in the form of RFC 9018, so that every thread, and every
 * server with the same secret, accepts them. Allocates nothing.
 */
export class ServerCookies {
  /** Client cookie, then server cookie, ready to be sent after `renew`. */
  readonly cookie = new Uint8Array(CLIENT_COOKIE_OCTETS + SERVER_COOKIE_OCTETS);
  readonly #hash: SipHash;
  /** What is hashed: client cookie, the server cookie's first eight octets, the client's address. */
  readonly #input = new Uint8Array(CLIENT_COOKIE_OCTETS + 8 + 16);

  /** `secret` is 16 octets, the same for all servers behind one address. */
  constructor(secret: Octets) {
    this.#hash = new SipHash(secret);
  }

  /**
   * Reads the cookie option at `octets[at, at + length)`, puts the one to be sent into `cookie`, and
   * says whether the client's server cookie was ours and still good.
   */
  renew(
    octets: Octets,
    at: number,
    length: number,
    client: ClientView,
    nowSeconds: number,
  ): boolean {
    for (let index = 0; index < CLIENT_COOKIE_OCTETS; index++) {
      this.#input[index] = octets[at + index];
      this.cookie[index] = octets[at + index];
    }
    for (let index = 0; index < client.length; index++) {
      this.#input[16 + index] = client.octets[client.at + index];
    }
    const age = this.#age(octets, at, length, client, nowSeconds);
    const isGood = age <= GOOD_SECONDS && age >= -AHEAD_SECONDS;
    if (isGood && age <= FRESH_SECONDS) {
      for (let index = 8; index < 24; index++) this.cookie[index] = octets[at + index];
    } else {
      this.#make(client, nowSeconds);
    }
    return isGood;
  }

  /** Seconds since the client's server cookie was made; far too many when it is none of ours. */
  #age(octets: Octets, at: number, length: number, client: ClientView, nowSeconds: number): number {
    const isOurs = length === this.cookie.length && octets[at + CLIENT_COOKIE_OCTETS] === VERSION;
    if (!isOurs) return GOOD_SECONDS + 1;
    for (let index = 8; index < 16; index++) this.#input[index] = octets[at + index];
    this.#hash.digest(this.#input, 16 + client.length);
    let difference = 0;
    for (let index = 0; index < 8; index++) {
      difference |= octets[at + 16 + index] ^ this.#hashOctet(index);
    }
    if (difference !== 0) return GOOD_SECONDS + 1;
    const made =
      (octets[at + 12] << 24) | (octets[at + 13] << 16) | (octets[at + 14] << 8) | octets[at + 15];
    return (nowSeconds - made) | 0;
  }

  #make(client: ClientView, nowSeconds: number): void {
    const input = this.#input;
    input[8] = VERSION;
    input.fill(0, 9, 12);
    for (let index = 0; index < 4; index++) input[12 + index] = nowSeconds >>> (24 - 8 * index);
    this.#hash.digest(input, 16 + client.length);
    for (let index = 8; index < 16; index++) this.cookie[index] = input[index];
    for (let index = 0; index < 8; index++) this.cookie[16 + index] = this.#hashOctet(index);
  }

  #hashOctet(index: number): number {
    return (this.#hash.hash[index >> 2] >>> ((index & 3) << 3)) & 0xff;
  }
}
