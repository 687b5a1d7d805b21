import type { KeptResponse } from './kept-response.ts';
import type { ResponseCache } from './response-cache.ts';
import type { UpstreamQuestion } from './upstream-query.ts';
import { count, type ForwardWorld } from './world.ts';

/** A name asked so often within one life is renewed before that ends. */
const POPULAR_HITS = 3;
/** In the last tenth of its life an answer is renewed; one that lives shorter than this is not. */
const RENEWED_SHARE = 0.9;
const MIN_RENEWED_LIFE_MS = 10_000;

/** The cache as those see it who answer from it: what may still be served, and what to renew. */
export class CacheHits {
  readonly #cache: ResponseCache;
  readonly #world: ForwardWorld;
  readonly #staleMs: number;
  readonly #renew: (kept: KeptResponse) => void;

  /** `renew` asks upstreams for a popular answer again; `staleMs` is how long expired ones serve. */
  constructor(
    cache: ResponseCache,
    world: ForwardWorld,
    staleMs: number,
    renew: (kept: KeptResponse) => void,
  ) {
    this.#cache = cache;
    this.#world = world;
    this.#staleMs = staleMs;
    this.#renew = renew;
  }

  /** The entry for a query's question, fresh or not. */
  look({ octets, flags }: UpstreamQuestion): KeptResponse | undefined {
    return this.#cache.find(octets, 0, octets.length, flags);
  }

  /** Milliseconds since it was stored; it is fresh while that is under its `lifetimeMs`. */
  ageMs(kept: KeptResponse): number {
    return this.#world.clock.monotonic() - kept.storedAtMs;
  }

  /** Fresh, or expired not too long ago to stand in for a fresh one (RFC 8767 section 4). */
  isServable(kept: KeptResponse): boolean {
    return this.ageMs(kept) < kept.lifetimeMs + this.#staleMs;
  }

  /** Notes that it was served at this age; a popular one is renewed in time. */
  hit(kept: KeptResponse, ageMs: number): void {
    count(this.#world, 'cache_hits');
    kept.hits++;
    if (kept.hits >= POPULAR_HITS && !kept.isRefreshing && isNearEnd(kept, ageMs)) {
      kept.isRefreshing = true;
      count(this.#world, 'cache_prefetches');
      this.#renew(kept);
    }
  }
}

function isNearEnd({ lifetimeMs }: KeptResponse, ageMs: number): boolean {
  return lifetimeMs >= MIN_RENEWED_LIFE_MS && ageMs > lifetimeMs * RENEWED_SHARE;
}
