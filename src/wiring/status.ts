import type { StatusReport, ThreadStatus, UpstreamStatus } from '../api/index.ts';
import { formatHostPort } from '../mesos/index.ts';
import type { Cancel, Clock } from '../runtime/index.ts';
import { DURATION_BOUNDS_US } from '../server/index.ts';
import { type AnswerCounter, RCODE_COUNTERS } from './answer-counters.ts';
import type { AnswerThreads } from './answer-threads.ts';
import type { Facts } from './facts.ts';

type Counts = Readonly<Record<AnswerCounter, number>>;

/** How far apart the two looks are that give a rate. */
const RATE_MS = 2_000;

/** Measures queries a second, by looking at the counters now and then. */
export class QueryRate {
  readonly #threads: AnswerThreads | undefined;
  readonly #clock: Clock;
  #before: readonly number[] = [];
  #beforeMs: number;
  #perSecond: readonly number[] = [];
  #cancel: Cancel = () => {};

  constructor(threads: AnswerThreads | undefined, clock: Clock) {
    this.#threads = threads;
    this.#clock = clock;
    this.#beforeMs = clock.monotonic();
    this.#look();
  }

  /** Of each thread, over the last seconds. */
  get perThread(): readonly number[] {
    return this.#perSecond;
  }

  close(): void {
    this.#cancel();
  }

  #look(): void {
    const totals = this.#threads?.queriesPerThread() ?? [];
    const nowMs = this.#clock.monotonic();
    const seconds = (nowMs - this.#beforeMs) / 1000;
    this.#perSecond = totals.map((total, index) => {
      return seconds > 0 ? (total - (this.#before[index] ?? 0)) / seconds : 0;
    });
    this.#before = totals;
    this.#beforeMs = nowMs;
    this.#cancel = this.#clock.after(RATE_MS, () => this.#look());
  }
}

/** What `/v1/status` says. */
export function statusReport(facts: Facts, rate: QueryRate): StatusReport {
  const counts = facts.threads?.counts();
  return {
    uptimeSeconds: Math.floor((facts.clock.monotonic() - facts.startedMs) / 1000),
    cluster: clusterStatus(facts),
    queries: {
      total: counts ? totalQueries(counts) : 0,
      perSecond: sum(rate.perThread),
      byCode: Object.fromEntries(
        RCODE_COUNTERS.map(([counter, code]) => [code, counts?.[counter] ?? 0]),
      ),
      latencyMs: counts && latency(counts),
    },
    cache: {
      ...(facts.threads?.cache() ?? { entries: 0, octets: 0 }),
      hits: counts?.cache_hits ?? 0,
      misses: counts?.cache_misses ?? 0,
    },
    upstreams: upstreamStatus(facts),
    threads: threadStatus(facts, rate),
    leftOut: Object.fromEntries(
      [...facts.book.faultCounts(), ...facts.publisher.faultCounts].filter(
        ([, count]) => count > 0,
      ),
    ),
  };
}

function clusterStatus({ follower, serving, publisher }: Facts): StatusReport['cluster'] {
  const { leader, masters, source, ageMs, store } = follower();
  const { state } = publisher;
  return {
    leader: leader && formatHostPort(leader),
    masters: masters.map(formatHostPort),
    source: ageMs === undefined ? 'none' : source,
    condition: serving().kind,
    ageSeconds: ageMs === undefined ? undefined : ageMs / 1000,
    agents: state?.agents.size ?? 0,
    frameworks: state?.frameworks.size ?? 0,
    tasks: state?.tasks.size ?? 0,
    heldTasks: sum(Object.values(store.heldTasks)),
  };
}

/** The worst of what the threads see of each upstream. */
function upstreamStatus({ threads }: Facts): readonly UpstreamStatus[] {
  const byAddress = Map.groupBy(threads?.upstreams().flat() ?? [], ({ address }) => address);
  return [...byAddress].map(([address, seen]) => ({
    address,
    isHealthy: seen.some(({ isHealthy }) => isHealthy),
    latencyMs: seen.find(({ smoothedMs }) => smoothedMs !== undefined)?.smoothedMs,
    queries: sum(seen.map(({ inFlight }) => inFlight)),
    failures: sum(seen.map(({ failures }) => failures)),
  }));
}

function threadStatus({ threads }: Facts, rate: QueryRate): readonly ThreadStatus[] {
  return (threads?.states() ?? []).map(({ isServing, restarts }, id) => ({
    id,
    state: isServing ? 'answering' : 'starting',
    queriesPerSecond: rate.perThread[id] ?? 0,
    restarts,
  }));
}

/** The upper bounds of the buckets that hold the median and the 99th percentile, in milliseconds. */
function latency(counts: Counts): { readonly p50: number; readonly p99: number } | undefined {
  const buckets = DURATION_BOUNDS_US.map(bound => counts[`duration_us_${bound}`]);
  const total = sum(buckets) + counts.duration_us_more;
  if (total === 0) return undefined;
  const percentile = (share: number) => {
    let below = 0;
    for (const [index, bucket] of buckets.entries()) {
      below += bucket;
      if (below >= share * total) return DURATION_BOUNDS_US[index] / 1000;
    }
    return DURATION_BOUNDS_US[DURATION_BOUNDS_US.length - 1] / 1000;
  };
  return { p50: percentile(0.5), p99: percentile(0.99) };
}

function totalQueries(counts: Counts): number {
  return counts.udp4_queries + counts.udp6_queries + counts.tcp4_queries + counts.tcp6_queries;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
