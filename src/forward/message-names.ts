import {
  type DomainName,
  HEADER_OCTETS,
  lowered,
  MAX_LABEL_OCTETS,
  MAX_NAME_OCTETS,
  nameOctets,
  type Octets,
  wordAt,
} from '../dns/index.ts';
import { MAX_HOPS } from './message-reader.ts';

/**
 * The names of one message, as they would stand uncompressed, letters lowered, one character an
 * octet: two names are equal exactly when these texts are. What a name shares with another by a
 * pointer is read once, so that the work for all names together is bounded by the message's octets.
 */
export class MessageNames {
  readonly #octets: Octets;
  readonly #known = new Map<number, string | undefined>();

  constructor(octets: Octets) {
    this.#octets = octets;
  }

  /** The name at an offset; undefined when it is malformed, as `skipName` says. */
  at(offset: number): string | undefined {
    return this.#read(offset, 0);
  }

  #read(offset: number, hops: number): string | undefined {
    if (this.#known.has(offset)) return this.#known.get(offset);
    const name = this.#assemble(offset, hops);
    const isWhole = name !== undefined && name.length <= MAX_NAME_OCTETS;
    this.#known.set(offset, isWhole ? name : undefined);
    return isWhole ? name : undefined;
  }

  /** The labels that stand here, then what the pointer behind them leads to. */
  #assemble(offset: number, hops: number): string | undefined {
    const octets = this.#octets;
    let index = offset;
    while (index < octets.length && octets[index] !== 0 && octets[index] <= MAX_LABEL_OCTETS) {
      index += octets[index] + 1;
      if (index - offset >= MAX_NAME_OCTETS) return undefined;
    }
    if (index >= octets.length) return undefined;
    const own = loweredText(octets, offset, index);
    if (octets[index] === 0) return `${own}\0`;
    if (octets[index] < 0xc0 || index + 1 === octets.length || hops === MAX_HOPS) return undefined;
    const target = wordAt(octets, index) & 0x3fff;
    if (target >= offset || target < HEADER_OCTETS) return undefined;
    const rest = this.#read(target, hops + 1);
    return rest === undefined ? undefined : own + rest;
  }
}

/** Length octets are no letters, so labels are lowered with theirs. */
function loweredText(octets: Octets, at: number, end: number): string {
  let text = '';
  for (let index = at; index < end; index++) text += String.fromCharCode(lowered(octets[index]));
  return text;
}

/** A name of ours as `MessageNames` makes them. */
export function messageName(name: DomainName): string {
  return Buffer.from(nameOctets(name)).toString('latin1');
}

/** A name and every name above it, the root last; as `MessageNames` makes them. */
export function withAncestors(name: string): readonly string[] {
  const all: string[] = [];
  for (let at = 0; at < name.length; at += name.charCodeAt(at) + 1) all.push(name.slice(at));
  return all;
}
