/** How the server is: what `/v1/status` says beside zone and changes. Plain data, ready for JSON. */
export interface StatusReport {
  readonly uptimeSeconds: number;
  readonly cluster: ClusterStatus;
  readonly queries: QueryStatus;
  readonly cache: CacheStatus;
  readonly upstreams: readonly UpstreamStatus[];
  readonly threads: readonly ThreadStatus[];
  /** How many records or parts of the state are left out now, by cause. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** The cluster, and how far what is known of it can be believed. */
export interface ClusterStatus {
  /** The leading master's host and port; undefined while none is known. */
  readonly leader: string | undefined;
  readonly masters: readonly string[];
  readonly source: 'none' | 'snapshot' | 'poll' | 'stream';
  readonly condition: 'starting' | 'recovering' | 'live' | 'stale';
  /** Seconds since the state was last known to be true; undefined without a state. */
  readonly ageSeconds: number | undefined;
  readonly agents: number;
  readonly frameworks: number;
  readonly tasks: number;
  /** Tasks that keep their records although the state lacks them now. */
  readonly heldTasks: number;
}

/** How much DNS is asked, and how it is answered. */
export interface QueryStatus {
  /** Since the start. */
  readonly total: number;
  /** Over the last seconds, as the caller measures it. */
  readonly perSecond: number;
  /** Responses since the start by code, `NOERROR` and so on. */
  readonly byCode: Readonly<Record<string, number>>;
  /** Milliseconds; undefined while nothing was measured. */
  readonly latencyMs: { readonly p50: number; readonly p99: number } | undefined;
}

/** The caches of all threads together. */
export interface CacheStatus {
  readonly entries: number;
  readonly octets: number;
  readonly hits: number;
  readonly misses: number;
}

/** One upstream, as the thread that thinks worst of it sees it. */
export interface UpstreamStatus {
  readonly address: string;
  readonly isHealthy: boolean;
  readonly latencyMs: number | undefined;
  readonly queries: number;
  readonly failures: number;
}

/** One answer thread. */
export interface ThreadStatus {
  readonly id: number;
  readonly state: 'starting' | 'answering' | 'stopped';
  readonly queriesPerSecond: number;
  readonly restarts: number;
}
