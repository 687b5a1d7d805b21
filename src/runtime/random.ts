import { randomFillSync } from 'node:crypto';

/** Randomness as a value handed in. */
export interface Random {
  /** A uniform unsigned 32-bit integer. */
  uint32(): number;
  /** A uniform integer from 0 to `bound - 1`; `bound` is 1 to 2^32. */
  below(bound: number): number;
}

/** Unpredictable numbers, for ids, ports and keys. Drawn from the kernel 4 KiB at a time. */
export function cryptoRandom(): Random {
  const pool = new Uint32Array(1024);
  let next = pool.length;
  return fromWords(() => {
    if (next === pool.length) {
      randomFillSync(pool);
      next = 0;
    }
    return pool[next++];
  });
}

/**
 * Fast, repeatable numbers, for shuffling answers and for tests. Not for anything an attacker must
 * not guess. Sfc32 by Chris Doty-Humphrey.
 */
export function seededRandom(seed: number): Random {
  let a = 0;
  let b = seed | 0;
  let c = Math.imul(seed, 0x9e3779b1) | 0;
  let counter = 1;
  const word = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 12; warmUp++) word();
  return fromWords(word);
}

function fromWords(uint32: () => number): Random {
  return {
    uint32,
    // Lemire's multiplication without the rejection step: the bias is below 2^-21 for the bounds
    // used here (instances of a service), far under what any client could measure.
    below: bound => Math.floor((uint32() / 2 ** 32) * bound),
  };
}
