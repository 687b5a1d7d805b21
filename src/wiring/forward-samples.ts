import type { CacheSize, UpstreamStatus } from '../forward/index.ts';
import { type Sample, sample } from '../metrics/index.ts';
import type { AnswerCounter } from './answer-counters.ts';

/** The metrics of forwarding; `upstreams` are those of each thread, in the same order. */
export function forwardSamples(
  counts: Readonly<Record<AnswerCounter, number>>,
  upstreams: readonly (readonly UpstreamStatus[])[],
  cache: CacheSize,
): readonly Sample[] {
  const datagrams = counts.upstream_queries - counts.upstream_stream_queries;
  return [
    ...OUTCOMES.map(([counter, outcome]) => {
      return sample('mesonym_forward_queries_total', counts[counter], { outcome });
    }),
    sample('mesonym_forward_cache_entries', cache.entries),
    sample('mesonym_forward_cache_bytes', cache.octets),
    sample('mesonym_forward_prefetches_total', counts.cache_prefetches),
    sample('mesonym_upstream_queries_total', datagrams, { transport: 'udp' }),
    sample('mesonym_upstream_queries_total', counts.upstream_stream_queries, {
      transport: 'stream',
    }),
    sample('mesonym_upstream_hedges_total', counts.upstream_hedges),
    sample('mesonym_upstream_timeouts_total', counts.upstream_timeouts),
    sample('mesonym_upstream_errors_total', counts.upstream_errors),
    sample('mesonym_upstream_mismatches_total', counts.upstream_mismatches),
    ...upSamples(upstreams),
  ];
}

const OUTCOMES = [
  ['cache_hits', 'hit'],
  ['cache_misses', 'miss'],
  ['cache_stale', 'stale'],
  ['forward_refused', 'refused'],
  ['forward_overloaded', 'overloaded'],
  ['forward_coalesced', 'coalesced'],
  ['forward_failed', 'failed'],
  ['forward_loops', 'loop'],
] as const;

/** An upstream is up when any thread finds it so. */
function upSamples(upstreams: readonly (readonly UpstreamStatus[])[]): readonly Sample[] {
  const byAddress = Map.groupBy(upstreams.flat(), ({ address }) => address);
  return [...byAddress].map(([upstream, seen]) => {
    const isUp = seen.some(({ isHealthy }) => isHealthy);
    return sample('mesonym_upstream_up', isUp ? 1 : 0, { upstream });
  });
}
