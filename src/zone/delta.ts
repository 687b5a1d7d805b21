import type { Octets, RRset, Serial } from '../dns/index.ts';

/**
 * The difference between two consecutive versions of the zone: the one thing that flows out of
 * here, to answer threads, transfer history, watchers and the snapshot on disk. An RRset that
 * changed stands in both lists, old in `removed`, new in `added`.
 */
export interface ZoneDelta {
  /** Undefined for the first version of all. */
  readonly from: Serial | undefined;
  readonly to: Serial;
  readonly removed: readonly RRset[];
  readonly added: readonly RRset[];
}

/**
 * A bounded piece of a delta (at most 400 names), compiled for answer tables: plain octets, so that
 * posting it to another thread copies or moves one buffer. Steps of a delta are applied in order.
 */
export interface DeltaStep {
  readonly octets: Octets;
}

/** How sure we are of the zone; decides between SERVFAIL, plain answers and stale ones (DESIGN 5.6). */
export type ServingState =
  /** No state was ever read: SERVFAIL with EDE 14. */
  | { readonly kind: 'starting' }
  /** Known names are answered, absent ones get SERVFAIL with EDE 14: the cluster is recovering. */
  | { readonly kind: 'recovering' }
  | { readonly kind: 'live' }
  /** Answers carry EDE 3 and TTLs of at most `ttlCapSeconds`. */
  | { readonly kind: 'stale'; readonly ttlCapSeconds: number };
