import type { Octets } from './octets.ts';

declare const brand: unique symbol;
/**
 * A fully qualified domain name: lower case, ending in a dot. Made by `domainName` and `readName`
 * only. Octets that are not printable ASCII, dots inside a label and backslashes are written as
 * `\DDD` or `\C` (RFC 1035 section 5.1), so that every name on the wire has exactly one text.
 */
export type DomainName = string & { readonly [brand]: 'DomainName' };

/** The longest label (RFC 1035 section 2.3.4), without its length octet. */
export const MAX_LABEL_OCTETS = 63;
/** The longest name on the wire (RFC 1035 section 2.3.4), the root's zero octet among them. */
export const MAX_NAME_OCTETS = 255;

/** Lower-case labels without an escape, which is what nearly all names are made of. */
const PLAIN_NAME = /^(?:[!-\-/-@[\]-~]{1,63}\.)+$/;

/** A dot that separates: an even number of backslashes stands before it, so it is not escaped. */
export const FINAL_DOT = /(?<!\\)(?:\\\\)*\.$/;

/**
 * The domain name that `text` spells, final dot or not, letters of either case; undefined when it
 * cannot be put on the wire: an empty label, one over 63 octets, a name over 255 octets, a broken
 * escape, or a character outside ASCII.
 */
export function domainName(text: string): DomainName | undefined {
  if (PLAIN_NAME.test(text) && text.length < MAX_NAME_OCTETS) return text as DomainName;
  const dotted = FINAL_DOT.test(text) ? text : `${text}.`;
  const lower = lowerCase(dotted);
  if (PLAIN_NAME.test(lower)) {
    return lower.length < MAX_NAME_OCTETS ? (lower as DomainName) : undefined;
  }
  if (text === '' || text === '.') return '.' as DomainName;
  const octets = encodeText(lower);
  return octets && readName(octets, 0, octets.length)?.name;
}

/** A name that is known to be good, such as a constant; throws when it is not. */
export function knownName(text: string): DomainName {
  const name = domainName(text);
  if (name === undefined) throw new TypeError(`${JSON.stringify(text)} is not a domain name`);
  return name;
}

/** The uncompressed octets of a name, ending in the root's zero octet (RFC 1035 section 3.1). */
export function nameOctets(name: DomainName): Octets {
  // Every DomainName was encoded or read once before, so it can be encoded again.
  return encodeText(name)!;
}

/**
 * Writes the uncompressed octets of a name at `octets[at]`, where 255 octets must have room, and
 * returns the offset behind them. Names without escapes take the quick way: a zone has many.
 */
export function writeName(name: DomainName, octets: Octets, at: number): number {
  if (name === '.' || name.includes('\\')) {
    const encoded = nameOctets(name);
    octets.set(encoded, at);
    return at + encoded.length;
  }
  let lengthAt = at;
  let next = at + 1;
  for (let index = 0; index < name.length; index++, next++) {
    const code = name.charCodeAt(index);
    octets[next] = code;
    if (code === 0x2e) {
      octets[lengthAt] = next - lengthAt - 1;
      lengthAt = next;
    }
  }
  octets[lengthAt] = 0;
  return next;
}

/**
 * Reads an uncompressed name from `octets[at, end)`; undefined when it is malformed, too long, or
 * holds a compression pointer. `next` is the offset behind it.
 */
export function readName(
  octets: Octets,
  at: number,
  end: number,
): { readonly name: DomainName; readonly next: number } | undefined {
  let text = '';
  let index = at;
  for (;;) {
    if (index >= end) return undefined;
    const length = octets[index++];
    if (length === 0) break;
    if (length > MAX_LABEL_OCTETS || index + length > end) return undefined;
    if (index + length - at >= MAX_NAME_OCTETS) return undefined;
    for (const labelEnd = index + length; index < labelEnd; index++) {
      text += octetText(octets[index]);
    }
    text += '.';
  }
  return { name: (text === '' ? '.' : text) as DomainName, next: index };
}

/** The labels of a name, first one first; none for the root. Escapes stay as they are. */
export function labelsOf(name: DomainName): string[] {
  if (name === '.') return [];
  if (!name.includes('\\')) return name.slice(0, -1).split('.');
  return name.match(/(?:\\\d{3}|\\.|[^.\\])+(?=\.)/g) ?? [];
}

/** The name one label up; the root's parent is the root. */
export function parentName(name: DomainName): DomainName {
  if (name === '.') return name;
  const first = labelsOf(name)[0];
  const parent = name.slice(first.length + 1);
  return (parent === '' ? '.' : parent) as DomainName;
}

/**
 * Says whether `name` is `ancestor` or below it. A walk over whole labels: `xmesos.` is not below
 * `mesos.`, nor is a name whose last label merely holds an escaped dot.
 */
export function isAtOrBelow(name: DomainName, ancestor: DomainName): boolean {
  if (ancestor === '.' || name === ancestor) return true;
  if (!name.endsWith(`.${ancestor}`)) return false;
  if (!name.includes('\\')) return true;
  const labels = labelsOf(name);
  const tail = labels.slice(labels.length - labelsOf(ancestor).length);
  return `${tail.join('.')}.` === ancestor;
}

/** Lower-cases ASCII letters only, as DNS compares them (RFC 4343). */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, upper => upper.toLowerCase());
}

function octetText(octet: number): string {
  if (octet >= 0x41 && octet <= 0x5a) return String.fromCharCode(octet + 0x20);
  if (octet === 0x2e || octet === 0x5c) return `\\${String.fromCharCode(octet)}`;
  if (octet > 0x20 && octet < 0x7f) return String.fromCharCode(octet);
  return `\\${String(octet).padStart(3, '0')}`;
}

function encodeText(text: string): Octets | undefined {
  if (text === '.') return new Uint8Array(1);
  const out: number[] = [];
  let lengthAt = 0;
  out.push(0);
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '.') {
      const length = out.length - lengthAt - 1;
      if (length === 0 || length > MAX_LABEL_OCTETS) return undefined;
      out[lengthAt] = length;
      lengthAt = out.length;
      out.push(0);
      continue;
    }
    if (character !== '\\') {
      const code = character.charCodeAt(0);
      if (code > 0x7f) return undefined;
      out.push(code);
      continue;
    }
    const digits = /^\d{3}/.exec(text.slice(index + 1, index + 4));
    const octet = digits ? Number(digits[0]) : text.charCodeAt(index + 1);
    if (!(octet <= 0xff)) return undefined;
    out.push(octet);
    index += digits ? 3 : 1;
  }
  const isClosed = lengthAt === out.length - 1;
  return isClosed && out.length <= MAX_NAME_OCTETS ? Uint8Array.from(out) : undefined;
}
