import { LRUCache } from 'lru-cache';
import {
  type DomainName,
  EXTENDED_ERROR,
  HEADER_OCTETS,
  type Octets,
  readName,
  wordAt,
} from '../dns/index.ts';
import { type Flights, isHelpful, type Landing } from './flights.ts';
import { type KeptResponse, keepResponse, NO_OPTIONS, passedOptions } from './kept-response.ts';
import type { LifetimeCaps } from './lifetime.ts';
import type { UpstreamMessage } from './message-reader.ts';
import { type Outcome, Race } from './race.ts';
import type { ResponseCache } from './response-cache.ts';
import type { Routes } from './routes.ts';
import { scrub } from './scrub.ts';
import type { UpstreamQuestion } from './upstream-query.ts';
import { count, type ForwardWorld } from './world.ts';

/** A question for upstreams, with what decides its way and its company; made by `askFor`. */
export interface Ask extends UpstreamQuestion {
  readonly name: DomainName;
  /** Equal for questions that one response can answer. */
  readonly key: string;
}

/** `name` is the question's own; its class is IN. */
export function askFor(name: DomainName, { octets, flags, options }: UpstreamQuestion): Ask {
  const type = wordAt(octets, octets.length - 4);
  const passed = options.length === 0 ? '' : Buffer.from(options).toString('latin1');
  return { name, octets, flags, options, key: `${name} ${type} ${flags} ${passed}` };
}

/** What a resolver is made of. */
export interface ResolverParts {
  readonly routes: Routes;
  readonly cache: ResponseCache;
  readonly flights: Flights;
  readonly caps: LifetimeCaps;
  /** Says whether a name, as `MessageNames` makes it, is in a zone that we answer for. */
  readonly isOwn: (name: string) => boolean;
  readonly world: ForwardWorld;
}

/** A failure is remembered for a second (RFC 9520 section 3.2: at least that, never five minutes). */
const FAILURE_MS = 1_000;
const MAX_FAILURES = 2_000;
const MAX_PLAIN_RCODE = 15;

interface Failure {
  readonly untilMs: number;
  readonly landing: Landing;
}

/** Asks upstreams what the cache does not know, and keeps what they say. */
export class Resolver {
  readonly #parts: ResolverParts;
  readonly #failures = new LRUCache<string, Failure>({ max: MAX_FAILURES });

  constructor(parts: ResolverParts) {
    this.#parts = parts;
  }

  /** Says whether anybody is there to be asked. */
  hasRoute(name: DomainName): boolean {
    return this.#parts.routes.find(name).length > 0;
  }

  /** Says whether every upstream for the name is known to be dead. */
  isHopeless(name: DomainName): boolean {
    return this.#parts.routes.find(name).every(({ health }) => !health.isHealthy);
  }

  /** Says whether the question is on its way already. */
  isAsking(ask: Ask): boolean {
    return this.#parts.flights.has(ask.key);
  }

  /** What came of the question within the last second, when that was nothing good. */
  recentFailure(ask: Ask): Landing | undefined {
    const failure = this.#failures.get(ask.key);
    const isRecent = failure && failure.untilMs > this.#parts.world.clock.monotonic();
    return isRecent ? failure.landing : undefined;
  }

  /**
   * From the cache when it is fresh, else as `resolve`, and from the cache again when that brings
   * nothing good. For questions of our own.
   */
  answer(ask: Ask, hear: (landing: Landing) => void): void {
    const { cache, world } = this.#parts;
    const kept = cache.find(ask.octets, 0, ask.octets.length, ask.flags);
    const isFresh = kept && world.clock.monotonic() - kept.storedAtMs < kept.lifetimeMs;
    if (isFresh) hear({ kind: 'kept', kept });
    else
      this.resolve(ask, landing =>
        hear(kept && !isHelpful(landing) ? { kind: 'kept', kept } : landing),
      );
  }

  /** Asks again for what a cache entry answers; nobody waits for it. */
  renew({ octets, questionEnd, flags }: KeptResponse): void {
    const question = octets.slice(HEADER_OCTETS, questionEnd);
    const name = readName(question, 0, question.length)?.name;
    if (name === undefined || !this.hasRoute(name)) return;
    this.resolve(askFor(name, { octets: question, flags, options: NO_OPTIONS }), () => {});
  }

  /** Asks, or waits with those who asked before; calls `hear` once, within the race's deadline. */
  resolve(ask: Ask, hear: (landing: Landing) => void): void {
    const { flights, routes, world } = this.#parts;
    const { key } = ask;
    if (!flights.hasRoomFor(key)) {
      count(world, 'forward_overloaded');
      hear({ kind: 'failure', extendedError: EXTENDED_ERROR.OTHER });
      return;
    }
    if (flights.has(key)) count(world, 'forward_coalesced');
    const start = (land: (landing: Landing) => void) => {
      const finish = (outcome: Outcome) => land(this.#land(ask, outcome));
      new Race(routes.find(ask.name), ask, world, finish);
    };
    flights.join(key, start, hear);
  }

  #land(ask: Ask, outcome: Outcome): Landing {
    const kept = outcome.kind === 'response' ? this.#keep(ask, outcome.message) : undefined;
    const landing: Landing = kept
      ? { kind: 'kept', kept }
      : { kind: 'failure', extendedError: failureOf(outcome) };
    if (!isHelpful(landing)) {
      const untilMs = this.#parts.world.clock.monotonic() + FAILURE_MS;
      this.#failures.set(ask.key, { untilMs, landing });
    }
    return landing;
  }

  #keep(ask: Ask, message: UpstreamMessage): KeptResponse | undefined {
    const { cache, caps, world } = this.#parts;
    // What only EDNS can say (RFC 6891 section 6.1.3) concerns the hop, not the client.
    const scrubbed =
      message.rcode > MAX_PLAIN_RCODE ? undefined : scrub(message, this.#parts.isOwn);
    if (!scrubbed) return undefined;
    const kept = keepResponse(
      scrubbed,
      ask.flags,
      optionsOf(message),
      world.clock.monotonic(),
      caps,
    );
    // An answer to a question with options of its own (a client's subnet) is good for nobody else.
    if (kept.lifetimeMs > 0 && ask.options.length === 0) cache.store(kept);
    return kept;
  }
}

function optionsOf({ octets, opt }: UpstreamMessage): Octets {
  return opt ? passedOptions(octets, opt.dataAt, opt.end) : NO_OPTIONS;
}

function failureOf(outcome: Outcome): number {
  return outcome.kind === 'failure' ? outcome.extendedError : EXTENDED_ERROR.NETWORK_ERROR;
}
