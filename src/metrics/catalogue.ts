import { counter, gauge, histogram } from './metric.ts';

const TRANSPORT = ['udp', 'tcp', 'tls', 'https'] as const;

/** RR types that are told apart; all others count as `other`. */
const COUNTED_TYPES = [
  'A',
  'AAAA',
  'SRV',
  'ANY',
  'SOA',
  'NS',
  'PTR',
  'TXT',
  'HTTPS',
  'AXFR',
  'IXFR',
  'other',
] as const;

/** Response codes by number; what is not here counts as `other`. */
const COUNTED_RCODES = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'NOTAUTH',
  'BADVERS',
  'BADCOOKIE',
  'other',
] as const;

/**
 * Every metric, by its name. Labels come from closed sets: no names of services and no addresses of
 * clients, so that the number of series does not depend on what runs or who asks.
 */
export const CATALOGUE = {
  mesonym_build_info: gauge('Always 1; the labels say what runs.', {
    version: 'any',
    node: 'any',
    udp: ['batched', 'portable', 'none'],
  }),

  mesonym_dns_queries_total: counter('Queries received.', {
    transport: TRANSPORT,
    family: ['4', '6'],
  }),
  mesonym_dns_questions_total: counter('Queries by the type asked for.', { type: COUNTED_TYPES }),
  mesonym_dns_responses_total: counter('Responses by response code.', { rcode: COUNTED_RCODES }),
  mesonym_dns_responses_sent_total: counter('Responses by transport.', { transport: TRANSPORT }),
  mesonym_dns_truncated_responses_total: counter('Responses that were cut and say so.'),
  mesonym_dns_stale_responses_total: counter('Responses made of a stale zone.'),
  mesonym_dns_locality_responses_total: counter(
    'Responses with several instances, by how near the nearest one is to the client; with `locality` only.',
    { nearest: ['agent', 'zone', 'region', 'elsewhere', 'unknown'] },
  ),
  mesonym_dns_response_duration_seconds: histogram(
    'Time from reading a query to handing its response to the kernel.',
  ),
  mesonym_dns_response_size_bytes: histogram('Octets of responses.'),
  mesonym_dns_received_bytes_total: counter('Octets of queries.', { transport: TRANSPORT }),
  mesonym_dns_sent_bytes_total: counter('Octets of responses, added up.', { transport: TRANSPORT }),
  mesonym_dns_dropped_total: counter(
    'Queries left without a response, and responses that could not be sent.',
    {
      cause: [
        'unanswered',
        'port_zero',
        'oversized',
        'unsendable',
        'send_full',
        'slow_full',
        'rate_limit',
      ],
    },
  ),
  mesonym_dns_refused_total: counter('Queries refused by an access list.', {
    list: ['query', 'view', 'recursion', 'transfer'],
  }),
  mesonym_dns_bad_signatures_total: counter(
    'Queries refused for their signature (TSIG); transfers are counted by outcome.',
  ),
  mesonym_dnssec_signatures_total: counter('Signatures that answers needed.', {
    outcome: ['made', 'kept', 'refused'],
  }),
  mesonym_dns_rate_limited_total: counter('Responses over the rate limit.', {
    action: ['dropped', 'slipped'],
  }),
  mesonym_dns_slow_queries_total: counter(
    'Queries that the hot path hands on: outside names, transfers and rarities.',
  ),
  mesonym_dns_slow_failures_total: counter('Slow answers that failed inside the server.'),
  mesonym_dns_hot_failures_total: counter('Queries that failed inside the hot path.'),
  mesonym_dns_udp_batches_total: counter('Batches of datagrams read.'),
  mesonym_dns_udp_batched_queries_total: counter('Datagrams in those batches.'),
  mesonym_tcp_connections: gauge('TCP connections open now, those by TLS among them.'),
  mesonym_tcp_accepted_total: counter('TCP connections accepted.'),
  mesonym_tcp_closed_total: counter('TCP connections this side closed.', {
    cause: ['full', 'newer', 'idle', 'unfinished', 'unread', 'malformed', 'error'],
  }),
  mesonym_tcp_paused_total: counter(
    'Times nothing more was read of a TCP connection for a while: for unsent octets, queries in flight, or a transfer.',
    { cause: ['unsent', 'queries', 'transfer'] },
  ),
  mesonym_tls_handshakes_total: counter('Connections by DNS over TLS.', {
    outcome: ['good', 'failed'],
  }),

  mesonym_state: gauge('1 for the condition the zone is in, 0 for the others.', {
    state: ['starting', 'recovering', 'live', 'stale'],
  }),
  mesonym_state_age_seconds: gauge('Time since the masters last confirmed the state.'),
  mesonym_state_source: gauge('1 for where changes come from, 0 for the others.', {
    source: ['stream', 'poll', 'snapshot', 'none'],
  }),
  mesonym_state_loads_total: counter('Whole states read from a master.'),
  mesonym_state_load_failures_total: counter('Attempts at a master that gave no usable state.', {
    cause: [
      'connect',
      'timeout',
      'host-name',
      'tls',
      'auth',
      'status',
      'no-leader',
      'recovering',
      'redirect',
      'truncated',
      'invalid',
      'json',
      'shape',
      'agent',
      'not-leader',
      'older-leader',
      'record',
      'heartbeat',
    ],
  }),
  mesonym_state_load_duration_seconds: gauge('Time that reading the last whole state took.'),
  mesonym_state_faults_total: counter('Parts of states left out because they cannot be used.', {
    cause: 'any',
  }),
  mesonym_state_held_tasks: gauge(
    'Tasks that keep their records until their agent is back or given up.',
    { reason: ['recovering', 'no-agents', 'unconfirmed', 'agent-back'] },
  ),
  mesonym_leader_known: gauge('1 while a leading master is known.'),
  mesonym_leader_info: gauge('Always 1; the label says which master leads.', { leader: 'any' }),
  mesonym_leader_changes_total: counter('Times the leading master changed.'),
  mesonym_masters: gauge('Masters known.'),
  mesonym_agents: gauge('Agents in the state.'),
  mesonym_frameworks: gauge('Frameworks in the state.'),
  mesonym_tasks: gauge('Tasks in the state.'),

  mesonym_zone_serial: gauge('The serial of the current zone.'),
  mesonym_zone_names: gauge('Names in the current zone.'),
  mesonym_zone_records: gauge('Records in the current zone.', {
    type: ['A', 'AAAA', 'SRV', 'NS', 'CNAME', 'PTR', 'TXT'],
  }),
  mesonym_zone_changes_total: counter('Versions of the zone published.'),
  mesonym_zone_skipped_records: gauge('Records that could not be made.', { cause: 'any' }),
  mesonym_zone_hidden_tasks: gauge('Tasks without names by the settings `publish…`.', {
    cause: ['include', 'exclude', 'visibility', 'inactive'],
  }),
  mesonym_zone_publish_duration_seconds: gauge(
    'Time from the last change of the state to its version of the zone being sent out.',
  ),
  mesonym_snapshot_writes_total: counter('Snapshots of the zone written.', {
    outcome: ['good', 'failed'],
  }),
  mesonym_snapshot_age_seconds: gauge('Time since the snapshot was last written.'),

  mesonym_forward_queries_total: counter('Queries for outside names.', {
    outcome: ['hit', 'miss', 'stale', 'refused', 'overloaded', 'coalesced', 'failed', 'loop'],
  }),
  mesonym_forward_prefetches_total: counter('Cached answers fetched anew before they end.'),
  mesonym_forward_cache_bytes: gauge('Octets of cached outside answers.'),
  mesonym_forward_cache_entries: gauge('Cached outside answers.'),
  mesonym_upstream_queries_total: counter('Queries sent to upstreams.', {
    transport: ['udp', 'stream'],
  }),
  mesonym_upstream_hedges_total: counter('Second tries sent while the first was still waiting.'),
  mesonym_upstream_timeouts_total: counter('Upstream queries without a response in time.'),
  mesonym_upstream_errors_total: counter('Upstream queries that failed.'),
  mesonym_upstream_mismatches_total: counter(
    'Messages from upstreams that fit no query: late or forged.',
  ),
  mesonym_upstream_up: gauge('1 for an upstream that answers, 0 for one given up for now.', {
    upstream: 'any',
  }),

  mesonym_transfers_total: counter('Zone transfers by outcome.', {
    outcome: [
      'axfr',
      'ixfr',
      'ixfr-as-axfr',
      'up-to-date',
      'needs-tcp',
      'refused',
      'not-authoritative',
      'not-ready',
      'bad-signature',
      'malformed',
    ],
  }),
  mesonym_transfers_whole_total: counter(
    'Incremental transfers answered with the whole zone, by why: the history began after the serial asked for, was cut for its records or age, or never had it.',
    { reason: ['start', 'records', 'age', 'unknown'] },
  ),
  mesonym_transfers_running: gauge('Zone transfers under way.'),
  mesonym_transfers_waiting: gauge('Zone transfers that wait until one under way has ended.'),
  mesonym_transfers_delayed_total: counter('Zone transfers that had to wait for others.'),
  mesonym_notifications_total: counter('NOTIFY messages sent.', { secondary: 'any' }),
  mesonym_secondary_serial: gauge('The serial a secondary last acknowledged.', {
    secondary: 'any',
  }),
  mesonym_secondary_transferred_serial: gauge('The serial a secondary last took by a transfer.', {
    secondary: 'any',
  }),
  mesonym_secondary_transfer_timestamp_seconds: gauge(
    'When a secondary last took a transfer to its end, or learned that it is up to date.',
    { secondary: 'any' },
  ),

  mesonym_answer_threads: gauge('Answer threads that run.'),
  mesonym_answer_thread_restarts_total: counter('Answer threads replaced after a failure.'),
  mesonym_config_reloads_total: counter('Reloads of the config.', { outcome: ['good', 'failed'] }),
  mesonym_http_refused_total: counter('HTTP requests refused, by what they lacked.', {
    cause: ['network', 'credentials'],
  }),
  mesonym_unhandled_errors_total: counter('Errors nobody caught, survived by the control thread.'),
} as const;

/** The name of a metric, as Prometheus sees it. */
export type MetricName = keyof typeof CATALOGUE;
