import { lowered, type Octets, type Query } from '../dns/index.ts';

/** What else tells two questions apart: each asks for another response (RFC 4035 section 3.2). */
export const ASK_FLAG = { RD: 1, CD: 2, DO: 4 } as const;

/** The ask flags of a query on the slow path. */
export function askFlags(query: Query): number {
  return (
    (query.recursionDesired ? ASK_FLAG.RD : 0) |
    (query.checkingDisabled ? ASK_FLAG.CD : 0) |
    (query.edns?.dnssecOk ? ASK_FLAG.DO : 0)
  );
}

/**
 * A 32-bit hash of the question at `octets[at, end)` and the ask flags, the same for either case of
 * letters. `seed` makes it one that nobody outside can aim collisions at; equal hashes still need
 * `isSameQuestion`.
 */
export function questionHash(
  octets: Octets,
  at: number,
  end: number,
  flags: number,
  seed: number,
): number {
  let hash = seed ^ flags;
  // The type and class octets are lowered as well: harmless for a hash.
  for (let index = at; index < end; index++) {
    hash = Math.imul(hash ^ lowered(octets[index]), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

/** Says whether two questions of `length` octets are equal but for the case of their letters. */
export function isSameQuestion(
  one: Octets,
  oneAt: number,
  other: Octets,
  otherAt: number,
  length: number,
): boolean {
  const nameLength = length - 4;
  for (let index = 0; index < nameLength; index++) {
    if (lowered(one[oneAt + index]) !== lowered(other[otherAt + index])) return false;
  }
  for (let index = nameLength; index < length; index++) {
    if (one[oneAt + index] !== other[otherAt + index]) return false;
  }
  return true;
}
