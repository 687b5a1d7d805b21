import type { Octets } from './octets.ts';

/** Words that hold the longest name: 255 octets, four to a word. */
export const KEY_WORDS = 64;

/**
 * Writes the lower-case octets of the name at `octets[at, at + length)` into `key`, four to a word
 * and the last word padded with zeros, and returns a hash of them (a signed 32-bit integer). Up to
 * three octets behind the name must be readable; they do not count.
 *
 * Length octets are 0 to 63, below the letters, so a name is lowered as a whole (RFC 4343).
 */
export function foldName(
  key: Int32Array,
  octets: Octets,
  at: number,
  length: number,
  seed: number,
): number {
  let hash = seed;
  let word = 0;
  let index = at;
  for (const end = at + (length & ~3); index < end; index += 4, word++) {
    const lower = lowerWord(packWord(octets, index));
    key[word] = lower;
    hash = mix(hash, lower);
  }
  const rest = length & 3;
  if (rest !== 0) {
    const lower = lowerWord(packWord(octets, index) & ((1 << (rest << 3)) - 1));
    key[word] = lower;
    hash = mix(hash, lower);
  }
  return hash ^ (hash >>> 16);
}

/**
 * Says whether the name at `octets[at, at + length)`, letters of either case, is `ancestor` (lower
 * case) or below it. A walk over labels, since a label may hold any octet.
 */
export function isAtOrBelowOctets(
  octets: Octets,
  at: number,
  length: number,
  ancestor: Octets,
): boolean {
  const tail = at + length - ancestor.length;
  let label = at;
  while (label < tail) label += octets[label] + 1;
  if (label !== tail) return false;
  for (let index = 0; index < ancestor.length; index++) {
    const octet = octets[tail + index];
    const lower = octet > 0x40 && octet < 0x5b ? octet | 0x20 : octet;
    if (lower !== ancestor[index]) return false;
  }
  return true;
}

/** The octets of a word, first one in its lowest bits, back into `octets`; at most four of them. */
export function unpackWord(octets: Octets, at: number, word: number, count: number): void {
  octets[at] = word;
  if (count > 1) octets[at + 1] = word >>> 8;
  if (count > 2) octets[at + 2] = word >>> 16;
  if (count > 3) octets[at + 3] = word >>> 24;
}

function packWord(octets: Octets, at: number): number {
  return octets[at] | (octets[at + 1] << 8) | (octets[at + 2] << 16) | (octets[at + 3] << 24);
}

/** Sets bit 5 of every octet that is A to Z: sums of seven bits cannot carry into a neighbour. */
function lowerWord(word: number): number {
  const low = word & 0x7f7f7f7f;
  const isUpper = (low + 0x3f3f3f3f) & ~(low + 0x25252525) & ~word & 0x80808080;
  return word | (isUpper >>> 2);
}

/** The multiplication spreads a word upwards, the shift brings it down again. */
function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}
