import type { Octets } from './octets.ts';

/**
 * SipHash-2-4 of `octets[0, length)` under a key of 128 bits, as RFC 9018 uses it for server
 * cookies. The 64-bit result goes into `hash`, low half first. 64-bit words are kept as two signed
 * halves, so that nothing is allocated. One object serves one thread.
 */
export class SipHash {
  /** The result: low half, high half. */
  readonly hash = new Int32Array(2);
  /** v0 to v3, each low half first. */
  readonly #state = new Int32Array(8);
  readonly #key: Int32Array;

  /** `key` is 16 octets. */
  constructor(key: Octets) {
    this.#key = Int32Array.from([0, 4, 8, 12], at => readWord(key, at));
  }

  digest(octets: Octets, length: number): void {
    const state = this.#state;
    this.#begin();
    const whole = length & ~7;
    for (let at = 0; at < whole; at += 8) {
      absorb(state, readWord(octets, at), readWord(octets, at + 4));
    }
    let low = 0;
    let high = length << 24;
    for (let index = length - 1; index >= whole; index--) {
      const place = index - whole;
      if (place < 4) low |= octets[index] << (place << 3);
      else high |= octets[index] << ((place - 4) << 3);
    }
    absorb(state, low, high);
    state[4] ^= 0xff;
    for (let count = 0; count < 4; count++) round(state);
    this.hash[0] = state[0] ^ state[2] ^ state[4] ^ state[6];
    this.hash[1] = state[1] ^ state[3] ^ state[5] ^ state[7];
  }

  /** The key mixed with "somepseudorandomlygeneratedbytes". */
  #begin(): void {
    const state = this.#state;
    const key = this.#key;
    state[0] = key[0] ^ 0x70736575;
    state[1] = key[1] ^ 0x736f6d65;
    state[2] = key[2] ^ 0x6e646f6d;
    state[3] = key[3] ^ 0x646f7261;
    state[4] = key[0] ^ 0x6e657261;
    state[5] = key[1] ^ 0x6c796765;
    state[6] = key[2] ^ 0x79746573;
    state[7] = key[3] ^ 0x74656462;
  }
}

function absorb(state: Int32Array, low: number, high: number): void {
  state[6] ^= low;
  state[7] ^= high;
  round(state);
  round(state);
  state[0] ^= low;
  state[1] ^= high;
}

/** One SipRound: the indices below are those of v0 (0), v1 (2), v2 (4) and v3 (6). */
function round(state: Int32Array): void {
  mixPair(state, 0, 2, 13);
  swapHalves(state, 0);
  mixPair(state, 4, 6, 16);
  mixPair(state, 0, 6, 21);
  mixPair(state, 4, 2, 17);
  swapHalves(state, 4);
}

/** a += b; b = (b <<< by) ^ a. */
function mixPair(state: Int32Array, a: number, b: number, by: number): void {
  const bLow = state[b];
  const bHigh = state[b + 1];
  const low = (state[a] + bLow) | 0;
  const carry = low >>> 0 < bLow >>> 0 ? 1 : 0;
  const high = (state[a + 1] + bHigh + carry) | 0;
  state[a] = low;
  state[a + 1] = high;
  state[b] = ((bLow << by) | (bHigh >>> (32 - by))) ^ low;
  state[b + 1] = ((bHigh << by) | (bLow >>> (32 - by))) ^ high;
}

/** A rotation by 32 bits. */
function swapHalves(state: Int32Array, at: number): void {
  const low = state[at];
  state[at] = state[at + 1];
  state[at + 1] = low;
}

function readWord(octets: Octets, at: number): number {
  return octets[at] | (octets[at + 1] << 8) | (octets[at + 2] << 16) | (octets[at + 3] << 24);
}
