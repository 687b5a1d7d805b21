import type { Octets } from './octets.ts';

/** The 16-bit number at `at`, big-endian (RFC 1035 section 2.3.2). */
export function wordAt(octets: Octets, at: number): number {
  return (octets[at] << 8) | octets[at + 1];
}

/** The unsigned 32-bit number at `at`, big-endian. */
export function longAt(octets: Octets, at: number): number {
  return ((wordAt(octets, at) << 16) | wordAt(octets, at + 2)) >>> 0;
}

/** Writes a 16-bit number at `at`, big-endian. */
export function putWord(octets: Octets, at: number, word: number): void {
  octets[at] = word >>> 8;
  octets[at + 1] = word;
}

/** Writes a 32-bit number at `at`, big-endian. */
export function putLong(octets: Octets, at: number, long: number): void {
  putWord(octets, at, long >>> 16);
  putWord(octets, at + 2, long);
}

/** An octet of a label with ASCII letters lowered (RFC 4343). */
export function lowered(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
}
