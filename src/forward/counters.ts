/** What the forwarding of one answer thread counts. */
export const FORWARD_COUNTERS = [
  'cache_hits',
  'cache_misses',
  'cache_stale',
  'cache_prefetches',
  /** Queries for outside names that reached an upstream, each by itself or with equal ones. */
  'forwarded',
  /** Queries that waited for the response to an equal one. */
  'forward_coalesced',
  /** Clients outside the recursion ACL. */
  'forward_refused',
  /** Too many questions in flight. */
  'forward_overloaded',
  /** No upstream answered in time. */
  'forward_failed',
  'forward_loops',
  'upstream_queries',
  /** Those by TCP and TLS among them. */
  'upstream_stream_queries',
  /** Second tries sent before the first one failed. */
  'upstream_hedges',
  'upstream_timeouts',
  /** Connections refused or broken, upstreams out of reach. */
  'upstream_errors',
  /** Forged, late or broken messages that were ignored. */
  'upstream_mismatches',
] as const;

export type ForwardCounter = (typeof FORWARD_COUNTERS)[number];
