import type { DomainName, IpAddress, ResourceRecord } from '../dns/index.ts';
import type { Hidden } from './publish-rules.ts';

/** Why a record, or a whole source of records, is left out. A closed set, for counting. */
export type RecordFaultCause =
  /** A name that cannot be put on the wire or asked for: too long, or an empty label. */
  | 'name'
  /** A port that 16 bits cannot hold. */
  | 'port'
  /** A task, agent, framework or master without any usable address. */
  | 'no-address'
  /** A running task on an agent, or of a framework, that the state does not list. */
  | 'unknown-agent'
  | 'unknown-framework'
  /** An agent without a usable pid: its port is unknown. */
  | 'agent-pid'
  /** A name beyond those of Mesos-DNS that stands for something else already. */
  | 'taken'
  /** A label that says how a task is to be named or reached, and cannot be heeded. */
  | 'label';

/** A record that was left out. */
export interface RecordFault {
  readonly cause: RecordFaultCause;
  /** What it was about; holds octets from the cluster, so it belongs into a field of the log. */
  readonly what: string;
}

/** All records of one source, in the order made, no two equal, and what had to be left out. */
export interface MadeRecords {
  readonly records: readonly ResourceRecord[];
  readonly faults: readonly RecordFault[];
  /** The rule of the config by which there are none. */
  readonly hidden?: Hidden;
}

/** Of a source that has no records and lacks none. */
export const NO_RECORDS: MadeRecords = { records: [], faults: [] };

/** Of a source that cannot have records. */
export function onlyFault(cause: RecordFaultCause, what: string): MadeRecords {
  return { records: [], faults: [{ cause, what }] };
}

/** Adds one A or AAAA record for each address; none where the owner has no name. */
export function addAddresses(
  records: ResourceRecord[],
  owner: DomainName | undefined,
  addresses: readonly IpAddress[],
): void {
  if (owner === undefined) return;
  for (const { family, text } of addresses) {
    records.push({ type: family === 4 ? 'A' : 'AAAA', owner, address: text });
  }
}

/** Which of several SRV targets clients take first, and how often (RFC 2782); 0 to 65535 each. */
export interface Rank {
  readonly priority: number;
  readonly weight: number;
}

/** Adds an SRV record, if owner and target have names. */
export function addService(
  records: ResourceRecord[],
  owner: DomainName | undefined,
  { priority, weight }: Rank,
  port: number,
  target: DomainName | undefined,
): void {
  if (owner === undefined || target === undefined) return;
  records.push({ type: 'SRV', owner, priority, weight, port, target });
}
