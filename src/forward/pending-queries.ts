import { HEADER_OCTETS, type Octets, putWord, wordAt } from '../dns/index.ts';
import type { Random } from '../runtime/index.ts';
import { type Heard, matchingResponse, type OutgoingQuery } from './channel.ts';

type Hear = (heard: Heard) => void;

/** A query on its way, and whom to tell. */
interface Pending {
  readonly query: OutgoingQuery;
  readonly hear: Hear;
}

/** What a socket's bookkeeping needs from outside. */
export interface PendingWorld {
  /** Must be unpredictable: it draws ids. */
  readonly random: Random;
  /** Called for each message that answers none of our queries. */
  readonly onMismatch: () => void;
}

/** The queries of one socket that are on their way, each under an id that is not to be guessed. */
export class PendingQueries {
  readonly #pending = new Map<number, Pending>();
  readonly #world: PendingWorld;
  readonly #most: number;

  constructor(world: PendingWorld, most: number) {
    this.#world = world;
    this.#most = most;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Writes an id into the query and waits for its response. Returns the id; undefined when full. */
  add(query: OutgoingQuery, hear: Hear): number | undefined {
    if (this.#pending.size >= this.#most) return undefined;
    const id = this.#drawId();
    this.#pending.set(id, { query, hear });
    putWord(query.octets, 0, id);
    return id;
  }

  /** Says whether the query was still there. */
  giveUp(id: number): boolean {
    return this.#pending.delete(id);
  }

  /** Takes a response out of the bookkeeping. Returns what tells of it; undefined for a mismatch. */
  take(octets: Octets): (() => void) | undefined {
    const id = octets.length < 2 ? -1 : wordAt(octets, 0);
    const pending = this.#pending.get(id);
    const message = pending && matchingResponse(pending.query, octets);
    if (!message) {
      this.#world.onMismatch();
      return undefined;
    }
    this.#pending.delete(id);
    return () => pending.hear({ kind: 'response', message });
  }

  /** Tells all who wait that nothing will come. */
  lose(fault: 'unreachable' | 'closed'): void {
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    for (const { hear } of lost) hear({ kind: 'fault', fault });
  }

  /** Says whether a message is a query that left from here and waits for its response. */
  isAsking(octets: Octets): boolean {
    const query = this.#pending.get(wordAt(octets, 0))?.query;
    if (!query || octets.length < query.questionEnd) return false;
    const question = query.octets.subarray(HEADER_OCTETS, query.questionEnd);
    return question.every((octet, index) => octet === octets[HEADER_OCTETS + index]);
  }

  #drawId(): number {
    for (;;) {
      const id = this.#world.random.uint32() >>> 16;
      if (!this.#pending.has(id)) return id;
    }
  }
}

/** Tells of a query that could not even be sent, after `ask` has returned. */
export function hearOverloaded(hear: Hear): () => void {
  queueMicrotask(() => hear({ kind: 'fault', fault: 'overloaded' }));
  return () => {};
}
