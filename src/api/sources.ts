import type { DomainName, IpAddress } from '../dns/index.ts';
import type { EnumeratedFramework, Explanation, ServiceFacts } from '../records/index.ts';
import type { Zone } from '../zone/index.ts';
import type { AskDns } from './dns-over-https.ts';
import type { StatusReport } from './status-report.ts';

/** The zone published now, as far as the API reads it. */
export type ReadableZone = Pick<
  Zone,
  'origin' | 'soa' | 'serial' | 'nameCount' | 'recordCounts' | 'rrsets' | 'at'
>;

/** Where the API's answers come from; each is asked anew for each request. */
export interface ApiSources {
  readonly zone: ReadableZone;
  readonly reverseZones: readonly ReadableZone[];
  readonly version: string;
  readonly ttlSeconds: number;
  readonly refreshSeconds: number;
  /** The settings in force under Mesos-DNS's names, secrets masked. */
  readonly config: () => Readonly<Record<string, unknown>>;
  /**
   * The frameworks of the state with their tasks; undefined serves neither `/v1/enumerate` nor
   * `/v1/axfr`.
   */
  readonly enumerate: (() => Iterable<EnumeratedFramework>) | undefined;
  /** Why a name or an address has its records; undefined before the first state. */
  readonly explain: (asked: DomainName | IpAddress) => Explanation | undefined;
  /** The domains of a framework's names, as it calls itself; none where it can have no names. */
  readonly frameworkDomains: (framework: string) => readonly DomainName[];
  /** Has the state of the cluster read again. */
  readonly refresh: () => void;
  /** Answers DNS queries; undefined serves no `/dns-query`. */
  readonly askDns: AskDns | undefined;
  /** Forgets cached outside answers: all, or those for one name. */
  readonly flush: (name?: DomainName) => void;
  /** The services of the state, for the status page. */
  readonly services: () => Iterable<ServiceFacts>;
  /** What keeps the server from being ready; nothing when it is. */
  readonly unreadiness: () => readonly string[];
  /** Prometheus' text format. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  readonly status: () => StatusReport;
  /** The state of each secondary; ready for JSON. */
  readonly secondaries: () => unknown;
}
