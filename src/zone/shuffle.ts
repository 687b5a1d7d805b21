import type { Random } from '../runtime/index.ts';
import type { Order } from './order.ts';
import type { Block } from './slab.ts';
import { RRSET } from './table-layout.ts';

const FIRST_PLACES = 1024;

/**
 * Deals the places of an RRset's records in a uniformly random order, one at a time: dealing a few
 * of very many costs a few. Draws its seed from `random` once, then makes its own numbers, so that
 * no call leaves the hot path (Sfc32 by Chris Doty-Humphrey, as in `seededRandom`).
 */
export class Shuffle implements Order {
  /** The identity between two uses; while dealing, what was dealt stands in front. */
  #places = identity(FIRST_PLACES);
  readonly #state: Int32Array;

  constructor(random: Random) {
    this.#state = Int32Array.from([random.uint32(), random.uint32(), random.uint32(), 1]);
    for (let warmUp = 0; warmUp < 12; warmUp++) this.#next();
  }

  begin(words: Int32Array, _owner: Block, rrset: Block): number {
    const count = words[rrset + RRSET.COUNT];
    if (count > this.#places.length) this.#places = identity(2 * count);
    return count;
  }

  deal(dealt: number, count: number): number {
    const places = this.#places;
    const left = count - dealt;
    // 32 random bits for a few places: the bias is far below what any client could measure.
    const other = left > 1 ? dealt + this.anyOf(left) : dealt;
    const place = places[other];
    places[other] = places[dealt];
    places[dealt] = place;
    return place;
  }

  anyOf(count: number): number {
    return ((this.#next() >>> 0) * (count / 4294967296)) | 0;
  }

  dealt(dealt: number): number {
    return this.#places[dealt];
  }

  /** Puts everything back. */
  end(count: number): void {
    const places = this.#places;
    // A place is out of order when it was dealt, or when it is one of the first `count`.
    for (let index = 0; index < count; index++) {
      const place = places[index];
      if (place >= count) places[place] = place;
      places[index] = index;
    }
  }

  #next(): number {
    const state = this.#state;
    const b = state[1];
    const c = state[2];
    const sum = (state[0] + b + state[3]) | 0;
    state[3]++;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    return sum;
  }
}

function identity(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => index);
}
