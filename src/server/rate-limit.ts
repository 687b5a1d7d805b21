import {
  type AnswerInto,
  type ClientView,
  HEADER_OCTETS,
  inNetworks,
  type Network,
  type Octets,
  RCODE,
} from '../dns/index.ts';
import type { Clock, Counters } from '../runtime/index.ts';
import { writeBareResponse } from './bare-response.ts';
import type { ServerCounter } from './counters.ts';

/** Response rate limiting, as NSD does it. */
export interface RateLimit {
  /** Equal responses by UDP to one network in a second; 0 for no limit. */
  readonly perSecond: number;
  /** One in so many responses over the limit is sent truncated: real clients then take TCP; 0 for none. */
  readonly slip: number;
  /** How many bits of a client's address are its network. */
  readonly prefix4: number;
  readonly prefix6: number;
  /** Clients of these are never limited. */
  readonly exempt: readonly Network[];
}

/** What limiting responses needs. */
export interface RateLimitParts {
  readonly client: ClientView;
  readonly clock: Clock;
  /** Not to be guessed, so that nobody picks addresses that share a bucket. */
  readonly seed: number;
  readonly counters: Counters<ServerCounter>;
}

const TRUNCATED = { rcode: RCODE.NOERROR, isTruncated: true };

/**
 * Keeps forged queries from turning the server on a victim: of equal responses to one network only
 * so many a second go out. Positive ones are equal by name and type, all others (of names that do
 * not exist, errors) by their code. TCP and clients with a valid cookie prove their address and are
 * not limited. Without a limit this gives back `answerInto` itself: no cost.
 */
export function limitResponses(
  answerInto: AnswerInto,
  limit: RateLimit,
  { client, clock, seed, counters }: RateLimitParts,
): AnswerInto {
  if (limit.perSecond === 0) return answerInto;
  const isExempt = inNetworks(limit.exempt);
  const buckets = new RateBuckets(limit, seed, clock);
  const { values, slot } = counters;
  let over = 0;
  return (query, start, end, response, at, maxOctets) => {
    client.hasValidCookie = false;
    const octets = answerInto(query, start, end, response, at, maxOctets);
    if (client.isTcp || client.hasValidCookie || octets < 0) return octets;
    if (isExempt(client.octets, client.at, client.length)) return octets;
    const kind = octets === 0 ? SLOW : kindOf(response, at);
    if (!buckets.isOver(hashOf(query, start, end, kind), client)) return octets;
    over = (over + 1) % Math.max(1, limit.slip);
    if (limit.slip > 0 && over === 0) {
      values[slot.limited_slipped]++;
      return writeBareResponse(query, start, end, response, at, TRUNCATED);
    }
    values[slot.limited_dropped]++;
    return -1;
  };
}

/** Beyond all response codes: responses that have an answer, and those that are not written yet. */
const POSITIVE = 256;
const SLOW = 257;

function kindOf(response: Octets, at: number): number {
  const hasAnswer = (response[at + 6] | response[at + 7]) !== 0;
  return hasAnswer ? POSITIVE : response[at + 3] & 15;
}

/** What makes responses equal, in 32 bits; FNV-1a over the lower-cased question. */
function hashOf(query: Octets, start: number, end: number, kind: number): number {
  let hash = Math.imul(0x811c9dc5 ^ kind, 0x01000193);
  if (kind < POSITIVE) return hash;
  const last = Math.min(end, start + HEADER_OCTETS + 260);
  let at = start + HEADER_OCTETS;
  for (; at < last && query[at] !== 0; at++) {
    const octet = query[at];
    hash = Math.imul(hash ^ ((octet - 65) >>> 0 < 26 ? octet | 32 : octet), 0x01000193);
  }
  // The type stands behind the root label.
  return Math.imul(hash ^ ((query[at + 1] << 8) | query[at + 2]), 0x01000193);
}

const BUCKETS = 1 << 16;
const FIELDS = 4;
const KEY = 0;
const SECOND = 1;
const COUNT = 2;
/** Twice the mean a second: each second halves it and adds its count. */
const RATE = 3;

/**
 * Counts per network and response, in a table of fixed size; a collision takes the place over.
 *
 * The clock is asked only where a response would be over the limit, or takes a place over: below
 * the limit a count may gather for longer than a second, for as long as it stays below.
 */
class RateBuckets {
  readonly #table = new Int32Array(BUCKETS * FIELDS);
  readonly #limit: RateLimit;
  readonly #seed: number;
  readonly #clock: Clock;

  constructor(limit: RateLimit, seed: number, clock: Clock) {
    this.#limit = limit;
    this.#seed = seed;
    this.#clock = clock;
  }

  /** Counts one response, and says whether it is over the limit. */
  isOver(response: number, client: ClientView): boolean {
    const table = this.#table;
    const key = this.#mix(response, client);
    const at = (key & (BUCKETS - 1)) * FIELDS;
    if (table[at + KEY] !== key) this.#take(at, key);
    const { perSecond } = this.#limit;
    const isNear = table[at + COUNT] >= perSecond || table[at + RATE] > 2 * perSecond;
    if (isNear) this.#advance(at);
    return ++table[at + COUNT] > perSecond || table[at + RATE] > 2 * perSecond;
  }

  #take(at: number, key: number): void {
    const table = this.#table;
    table[at + KEY] = key;
    table[at + SECOND] = this.#second();
    table[at + COUNT] = table[at + RATE] = 0;
  }

  #advance(at: number): void {
    const table = this.#table;
    const second = this.#second();
    const elapsed = Math.min(second - table[at + SECOND], 31);
    if (elapsed <= 0) return;
    table[at + RATE] = ((table[at + RATE] >> 1) + table[at + COUNT]) >> (elapsed - 1);
    table[at + COUNT] = 0;
    table[at + SECOND] = second;
  }

  #second(): number {
    return Math.floor(this.#clock.monotonic() / 1000);
  }

  #mix(response: number, { octets, at, length }: ClientView): number {
    let bits = length === 4 ? this.#limit.prefix4 : this.#limit.prefix6;
    let hash = Math.imul(response ^ this.#seed, 0x01000193);
    for (let index = at; bits > 0; index++, bits -= 8) {
      const mask = bits >= 8 ? 0xff : 0xff << (8 - bits);
      hash = Math.imul(hash ^ (octets[index] & mask & 0xff), 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    return hash ^ (hash >>> 13);
  }
}
