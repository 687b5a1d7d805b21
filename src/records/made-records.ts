import type {
  AddressRecord,
  DomainName,
  IpAddress,
  ResourceRecord,
  ServiceRecord,
} from '../dns/index.ts';

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
  | 'agent-pid';

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
}

/** Of a source that has no records and lacks none. */
export const NO_RECORDS: MadeRecords = { records: [], faults: [] };

/** Of a source that cannot have records. */
export function onlyFault(cause: RecordFaultCause, what: string): MadeRecords {
  return { records: [], faults: [{ cause, what }] };
}

/** One A or AAAA record for each address; none where the owner has no name. */
export function addressRecords(
  owner: DomainName | undefined,
  addresses: readonly IpAddress[],
): AddressRecord[] {
  if (owner === undefined) return [];
  return addresses.map(({ family, text }) => ({
    type: family === 4 ? 'A' : 'AAAA',
    owner,
    address: text,
  }));
}

/** One SRV record, or none where the owner or the target has no name. Mesos-DNS knows no priorities. */
export function serviceRecords(
  owner: DomainName | undefined,
  weight: number,
  port: number,
  target: DomainName | undefined,
): ServiceRecord[] {
  if (owner === undefined || target === undefined) return [];
  return [{ type: 'SRV', owner, priority: 0, weight, port, target }];
}
