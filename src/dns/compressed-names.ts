import { type DomainName, labelsOf, nameOctets, parentName } from './name.ts';
import type { Octets } from './octets.ts';

/** Offsets a compression pointer can hold: 14 bits (RFC 1035 section 4.1.4). */
export const MAX_POINTER = 0x3fff;
const POINTER = 0xc0;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

/** Writes names into one message, each up to the first suffix that stands there already. */
export class CompressedNames {
  readonly #octets: Octets;
  readonly #offsets = new Map<string, number>();

  /** `octets` are the message, with room for a whole name behind its end. */
  constructor(octets: Octets) {
    this.#octets = octets;
  }

  /** Writes a name at an offset, and returns the offset behind it. */
  write(name: DomainName, at: number): number {
    if (name.includes('\\')) return this.#writeEscaped(name, at);
    let next = at;
    for (let from = 0; from < name.length && name !== '.'; ) {
      const behind = this.#pointTo(from === 0 ? name : name.slice(from), next);
      if (behind > 0) return behind;
      const dot = name.indexOf('.', from);
      this.#octets[next++] = dot - from;
      for (; from < dot; from++) this.#octets[next++] = name.charCodeAt(from);
      from++;
    }
    this.#octets[next] = 0;
    return next + 1;
  }

  /** The same for one of very many names, whose first label is neither looked for nor noted. */
  writeOneOfMany(name: DomainName, at: number): number {
    let next = at + 1;
    for (let index = 0; index < name.length; index++) {
      const code = name.charCodeAt(index);
      if (code === BACKSLASH) break;
      if (code !== DOT) {
        this.#octets[next++] = code;
        continue;
      }
      // The root is no label.
      if (index === 0 || index + 1 === name.length) break;
      this.#octets[at] = index;
      return this.write(name.slice(index + 1) as DomainName, next);
    }
    return this.write(name, at);
  }

  /** Forgets what was written at `from` and behind it. */
  forget(from: number): void {
    for (const [name, offset] of this.#offsets) if (offset >= from) this.#offsets.delete(name);
  }

  #writeEscaped(name: DomainName, at: number): number {
    const octets = nameOctets(name);
    let own = name;
    let next = at;
    for (const _label of labelsOf(name)) {
      const behind = this.#pointTo(own, next);
      if (behind > 0) return behind;
      const from = next - at;
      const end = from + 1 + octets[from];
      this.#octets.set(octets.subarray(from, end), next);
      next = at + end;
      own = parentName(own);
    }
    this.#octets[next] = 0;
    return next + 1;
  }

  /** Points at a name that is known, and returns the offset behind; else notes it, and returns 0. */
  #pointTo(name: string, at: number): number {
    const known = this.#offsets.get(name);
    if (known === undefined) {
      if (at <= MAX_POINTER) this.#offsets.set(name, at);
      return 0;
    }
    this.#octets[at] = POINTER | (known >> 8);
    this.#octets[at + 1] = known;
    return at + 2;
  }
}
