import type { Counters } from '../runtime/index.ts';

/** Upper bounds of the histogram of response sizes, in octets; the last bucket has none. */
export const RESPONSE_OCTETS_BOUNDS = [64, 128, 256, 512, 1232, 4096, 16_384] as const;

/** Upper bounds of the histogram of the time to answer, in microseconds; the last bucket has none. */
export const DURATION_BOUNDS_US = [
  50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 102_400, 409_600, 1_638_400,
] as const;

const RCODES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] as const;

/**
 * What an answer thread's sockets count. Buckets hold their own share only (not cumulative); those
 * of a histogram, and the response codes, stand in one row, so that a slot can be computed.
 */
export const SERVER_COUNTERS = [
  'udp4_queries',
  'udp6_queries',
  'tcp4_queries',
  'tcp6_queries',
  'tls4_queries',
  'tls6_queries',
  'https4_queries',
  'https6_queries',
  'udp_responses',
  'tcp_responses',
  'tls_responses',
  'https_responses',
  'udp_received_octets',
  'udp_sent_octets',
  'tcp_received_octets',
  'tcp_sent_octets',
  'tls_received_octets',
  'tls_sent_octets',
  'https_received_octets',
  'https_sent_octets',
  /** Batches read by recvmmsg, and the datagrams in them. */
  'udp_batches',
  'udp_batched_datagrams',
  'slow_queries',
  /** Slow answers that were rejected or thrown. */
  'slow_failures',
  /** Queries on which the hot path threw. */
  'hot_failures',
  'transfers',
  /** Nobody answered: junk, a response, or a handler that stays silent. */
  'dropped_unanswered',
  'dropped_port_zero',
  /** Longer than any query: answered with FORMERR alone. */
  'dropped_oversized',
  /** The kernel refused the one response. */
  'dropped_unsendable',
  /** No room in the send buffer. */
  'dropped_send_full',
  /** Too many slow queries in flight. */
  'dropped_slow_full',
  'refused_clients',
  /** Names outside the client's view. */
  'refused_views',
  'limited_dropped',
  'limited_slipped',
  'tcp_accepted',
  /** Those among them that were accepted by system calls. */
  'tcp_visits',
  /** Connections open now. */
  'tcp_open',
  'tcp_refused_full',
  'tcp_closed_for_newer',
  'tcp_closed_idle',
  'tcp_closed_unfinished',
  'tcp_closed_unread',
  'tcp_closed_malformed',
  'tcp_closed_by_error',
  'tcp_paused_unsent',
  'tcp_paused_queries',
  'tcp_paused_transfer',
  'tls_handshakes',
  /** The connection ended before its handshake did. */
  'tls_handshakes_failed',
  ...RCODES.map(code => `rcode_${code}` as const),
  ...RESPONSE_OCTETS_BOUNDS.map(bound => `response_octets_${bound}` as const),
  'response_octets_more',
  ...DURATION_BOUNDS_US.map(bound => `duration_us_${bound}` as const),
  'duration_us_more',
  'duration_us_sum',
] as const;

export type ServerCounter = (typeof SERVER_COUNTERS)[number];

/** Adds a response and a duration to the histograms; one a thread, cheap enough for each response. */
export class Meter {
  readonly #values: Float64Array;
  readonly #rcode: number;
  readonly #octets: number;
  readonly #duration: number;
  readonly #durationSum: number;

  constructor({ values, slot }: Counters<ServerCounter>) {
    this.#values = values;
    this.#rcode = slot.rcode_0;
    this.#octets = slot.response_octets_64;
    this.#duration = slot.duration_us_50;
    this.#durationSum = slot.duration_us_sum;
  }

  /** A response of `length` octets at `octets[at]`. */
  response(octets: Uint8Array, at: number, length: number): void {
    this.#values[this.#rcode + (octets[at + 3] & 15)]++;
    let bucket = 0;
    while (bucket < RESPONSE_OCTETS_BOUNDS.length && length > RESPONSE_OCTETS_BOUNDS[bucket]) {
      bucket++;
    }
    this.#values[this.#octets + bucket]++;
  }

  /** `count` responses that each took `durationMs` from being read to being handed to the kernel. */
  duration(durationMs: number, count: number): void {
    const us = durationMs * 1000;
    let bucket = 0;
    while (bucket < DURATION_BOUNDS_US.length && us > DURATION_BOUNDS_US[bucket]) bucket++;
    this.#values[this.#duration + bucket] += count;
    this.#values[this.#durationSum] += us * count;
  }
}
