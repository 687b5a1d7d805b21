import { LRUCache } from 'lru-cache';
import type { DomainName, Octets } from '../dns/index.ts';
import { HEADER_OCTETS, readName } from '../dns/index.ts';
import type { Random } from '../runtime/index.ts';
import type { KeptResponse } from './kept-response.ts';
import { isSameQuestion, questionHash } from './question-key.ts';

/** What an entry costs beside its octets: objects, offsets, the cache's own lists (measured). */
const ENTRY_OVERHEAD_OCTETS = 800;

/** Handed to each look-up, which would make such an object of its own otherwise. */
const GET_OPTIONS = {};

/**
 * Responses by question, bounded in octets. Entries past their life stay, to be served stale or
 * renewed, until room is needed. Two questions with one hash push each other out.
 */
export class ResponseCache {
  readonly #entries: LRUCache<number, KeptResponse>;
  readonly #seed: number;

  constructor(maxOctets: number, random: Random) {
    this.#entries = new LRUCache({
      maxSize: Math.max(maxOctets, ENTRY_OVERHEAD_OCTETS),
      sizeCalculation: ({ octets }) => octets.length + ENTRY_OVERHEAD_OCTETS,
    });
    this.#seed = random.uint32();
  }

  /** The entry for the question at `octets[at, end)`, fresh or not. Allocates nothing. */
  find(octets: Octets, at: number, end: number, flags: number): KeptResponse | undefined {
    const hash = questionHash(octets, at, end, flags, this.#seed);
    const kept = this.#entries.get(hash, GET_OPTIONS);
    if (kept === undefined || kept.flags !== flags) return undefined;
    const length = end - at;
    if (kept.questionEnd - HEADER_OCTETS !== length) return undefined;
    const isSame = isSameQuestion(kept.octets, HEADER_OCTETS, octets, at, length);
    return isSame ? kept : undefined;
  }

  store(kept: KeptResponse): void {
    this.#entries.set(this.#hash(kept), kept);
  }

  /** Forgets every entry, or those of one name. */
  flush(name?: DomainName): void {
    if (name === undefined) this.#entries.clear();
    else for (const hash of this.#hashesOf(name)) this.#entries.delete(hash);
  }

  get entries(): number {
    return this.#entries.size;
  }

  /** The octets taken, as counted against the bound. */
  get octets(): number {
    return this.#entries.calculatedSize;
  }

  #hashesOf(name: DomainName): readonly number[] {
    return [...this.#entries.entries()].flatMap(([hash, { octets, questionEnd }]) => {
      const asked = readName(octets, HEADER_OCTETS, questionEnd);
      return asked?.name === name ? hash : [];
    });
  }

  #hash({ octets, questionEnd, flags }: KeptResponse): number {
    return questionHash(octets, HEADER_OCTETS, questionEnd, flags, this.#seed);
  }
}
