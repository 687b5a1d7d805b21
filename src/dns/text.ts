import type { Octets } from './octets.ts';

/** The most octets of one string (RFC 1035 section 3.3). */
const MOST_OCTETS = 255;
const PRINTABLE = { FIRST: 0x20, LAST: 0x7e } as const;

/** Says whether a text can be one string of a TXT record. */
export function fitsOneString(text: string): boolean {
  return Buffer.byteLength(text) <= MOST_OCTETS;
}

/** A text as the strings of a TXT record, as few as can be, none of them ending within a character. */
export function textStrings(text: string): readonly string[] {
  const strings = [''];
  for (const character of text) {
    const longer = strings[strings.length - 1] + character;
    if (fitsOneString(longer)) strings[strings.length - 1] = longer;
    else strings.push(character);
  }
  return strings;
}

/** The data of a TXT record (RFC 1035 section 3.3.14): each string behind its length. */
export function textOctets(strings: readonly string[]): Octets {
  const parts = strings.map(text => Buffer.from(text));
  const octets = new Uint8Array(parts.reduce((sum, part) => sum + 1 + part.length, 0));
  let at = 0;
  for (const part of parts) {
    octets[at] = part.length;
    octets.set(part, at + 1);
    at += 1 + part.length;
  }
  return octets;
}

/** A string as master files have it (RFC 1035 section 5.1): quoted, what is not printable by number. */
export function quotedText(text: string): string {
  const characters = Array.from(Buffer.from(text), octet => {
    const character = String.fromCharCode(octet);
    if (character === '"' || character === '\\') return `\\${character}`;
    const isPrintable = octet >= PRINTABLE.FIRST && octet <= PRINTABLE.LAST;
    return isPrintable ? character : `\\${String(octet).padStart(3, '0')}`;
  });
  return `"${characters.join('')}"`;
}
