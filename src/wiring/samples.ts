import { type Buckets, bucketSample, type Sample, sample } from '../metrics/index.ts';
import { DURATION_BOUNDS_US, RESPONSE_OCTETS_BOUNDS } from '../server/index.ts';
import { type AnswerCounter, RCODE_COUNTERS } from './answer-counters.ts';
import { clusterSamples } from './cluster-samples.ts';
import type { Facts } from './facts.ts';
import { forwardSamples } from './forward-samples.ts';

type Counts = Readonly<Record<AnswerCounter, number>>;

/** Every metric as it stands now, in the catalogue's names. */
export function samplesOf(facts: Facts): readonly Sample[] {
  const { threads, version } = facts;
  const udp = threads?.udp ?? 'none';
  const always = [
    sample('mesonym_build_info', 1, { version, node: process.versions.node, udp }),
    ...clusterSamples(facts),
    ...processSamples(facts),
  ];
  if (!threads) return always;
  const counts = threads.counts();
  return [
    ...always,
    sample('mesonym_answer_threads', threads.serving),
    sample('mesonym_answer_thread_restarts_total', threads.restarts),
    ...querySamples(counts),
    ...tcpSamples(counts),
    ...forwardSamples(counts, threads.upstreams(), threads.cache()),
  ];
}

function processSamples({ processCounters }: Facts): readonly Sample[] {
  if (!processCounters) return [];
  const { values, slot } = processCounters;
  return [
    sample('mesonym_config_reloads_total', values[slot.reloads_good], { outcome: 'good' }),
    sample('mesonym_config_reloads_total', values[slot.reloads_failed], { outcome: 'failed' }),
    sample('mesonym_http_refused_total', values[slot.http_forbidden], { cause: 'network' }),
    sample('mesonym_http_refused_total', values[slot.http_unauthorized], { cause: 'credentials' }),
    sample('mesonym_unhandled_errors_total', values[slot.unhandled_errors]),
  ];
}

function transportSamples(
  transport: 'udp' | 'tcp' | 'tls' | 'https',
  counts: Counts,
): readonly Sample[] {
  const received = counts[`${transport}_received_octets`];
  return [
    ...(['4', '6'] as const).map(family =>
      sample('mesonym_dns_queries_total', counts[`${transport}${family}_queries`], {
        transport,
        family,
      }),
    ),
    sample('mesonym_dns_responses_sent_total', counts[`${transport}_responses`], { transport }),
    sample('mesonym_dns_received_bytes_total', received, { transport }),
    sample('mesonym_dns_sent_bytes_total', counts[`${transport}_sent_octets`], { transport }),
  ];
}

function querySamples(counts: Counts): readonly Sample[] {
  return [
    ...transportSamples('udp', counts),
    ...transportSamples('tcp', counts),
    ...transportSamples('tls', counts),
    ...transportSamples('https', counts),
    ...QUESTIONS.map(([counter, type]) =>
      sample('mesonym_dns_questions_total', counts[counter], { type }),
    ),
    ...RCODE_COUNTERS.map(([counter, rcode]) =>
      sample('mesonym_dns_responses_total', counts[counter], { rcode }),
    ),
    ...DROPS.map(([counter, cause]) =>
      sample('mesonym_dns_dropped_total', counts[counter], { cause }),
    ),
    sample('mesonym_dns_truncated_responses_total', counts.truncated),
    sample('mesonym_dns_stale_responses_total', counts.stale),
    ...NEAREST.map(([counter, nearest]) =>
      sample('mesonym_dns_locality_responses_total', counts[counter], { nearest }),
    ),
    sample('mesonym_dns_refused_total', counts.refused_clients, { list: 'query' }),
    sample('mesonym_dns_refused_total', counts.refused_views, { list: 'view' }),
    sample('mesonym_dns_refused_total', counts.forward_refused, { list: 'recursion' }),
    sample('mesonym_dns_bad_signatures_total', counts.bad_signatures),
    ...(['made', 'kept', 'refused'] as const).map(outcome =>
      sample('mesonym_dnssec_signatures_total', counts[`signatures_${outcome}`], { outcome }),
    ),
    sample('mesonym_dns_rate_limited_total', counts.limited_dropped, { action: 'dropped' }),
    sample('mesonym_dns_rate_limited_total', counts.limited_slipped, { action: 'slipped' }),
    sample('mesonym_dns_slow_queries_total', counts.slow_queries),
    sample('mesonym_dns_slow_failures_total', counts.slow_failures + counts.handler_failed),
    sample('mesonym_dns_hot_failures_total', counts.hot_failures),
    sample('mesonym_dns_udp_batches_total', counts.udp_batches),
    sample('mesonym_dns_udp_batched_queries_total', counts.udp_batched_datagrams),
    bucketSample('mesonym_dns_response_duration_seconds', durations(counts)),
    bucketSample('mesonym_dns_response_size_bytes', sizes(counts)),
  ];
}

const QUESTIONS = [
  ['query_a', 'A'],
  ['query_aaaa', 'AAAA'],
  ['query_srv', 'SRV'],
  ['query_any', 'ANY'],
  ['query_soa', 'SOA'],
  ['query_ns', 'NS'],
  ['query_ptr', 'PTR'],
  ['query_txt', 'TXT'],
  ['query_other', 'other'],
] as const;

const NEAREST = [
  ['nearest_agent', 'agent'],
  ['nearest_zone', 'zone'],
  ['nearest_region', 'region'],
  ['nearest_elsewhere', 'elsewhere'],
  ['nearest_unknown', 'unknown'],
] as const;

const DROPS = [
  ['dropped_unanswered', 'unanswered'],
  ['dropped_port_zero', 'port_zero'],
  ['dropped_oversized', 'oversized'],
  ['dropped_unsendable', 'unsendable'],
  ['dropped_send_full', 'send_full'],
  ['dropped_slow_full', 'slow_full'],
  ['limited_dropped', 'rate_limit'],
] as const;

function durations(counts: Counts): Buckets {
  const of = (bound: (typeof DURATION_BOUNDS_US)[number]) => counts[`duration_us_${bound}`];
  return {
    bounds: DURATION_BOUNDS_US.map(bound => bound / 1e6),
    counts: [...DURATION_BOUNDS_US.map(of), counts.duration_us_more],
    sum: counts.duration_us_sum / 1e6,
  };
}

function sizes(counts: Counts): Buckets {
  const of = (bound: (typeof RESPONSE_OCTETS_BOUNDS)[number]) => counts[`response_octets_${bound}`];
  return {
    bounds: RESPONSE_OCTETS_BOUNDS,
    counts: [...RESPONSE_OCTETS_BOUNDS.map(of), counts.response_octets_more],
    sum: counts.udp_sent_octets + counts.tcp_sent_octets,
  };
}

function tcpSamples(counts: Counts): readonly Sample[] {
  return [
    sample('mesonym_tcp_connections', counts.tcp_open),
    sample('mesonym_tcp_accepted_total', counts.tcp_accepted),
    sample('mesonym_tls_handshakes_total', counts.tls_handshakes, { outcome: 'good' }),
    sample('mesonym_tls_handshakes_total', counts.tls_handshakes_failed, { outcome: 'failed' }),
    ...TCP_CLOSED.map(([counter, cause]) =>
      sample('mesonym_tcp_closed_total', counts[counter], { cause }),
    ),
    sample('mesonym_tcp_paused_total', counts.tcp_paused_unsent, { cause: 'unsent' }),
    sample('mesonym_tcp_paused_total', counts.tcp_paused_queries, { cause: 'queries' }),
    sample('mesonym_tcp_paused_total', counts.tcp_paused_transfer, { cause: 'transfer' }),
  ];
}

const TCP_CLOSED = [
  ['tcp_refused_full', 'full'],
  ['tcp_closed_for_newer', 'newer'],
  ['tcp_closed_idle', 'idle'],
  ['tcp_closed_unfinished', 'unfinished'],
  ['tcp_closed_unread', 'unread'],
  ['tcp_closed_malformed', 'malformed'],
  ['tcp_closed_by_error', 'error'],
] as const;
