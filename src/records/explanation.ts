import type { DomainName, ResourceRecord } from '../dns/index.ts';
import type { HoldReason } from '../mesos/index.ts';
import type { AdditionRule } from './addition.ts';
import type { RecordFault } from './made-records.ts';
import type { NamedPlace } from './place.ts';
import type { IpSource } from './rules.ts';

/** Why a name or an address has these records, or none. Plain data, ready for JSON. */
export interface Explanation {
  /** The name asked about; undefined for an address. */
  readonly name: DomainName | undefined;
  /** The address asked about; undefined for a name. */
  readonly address: string | undefined;
  /** Where the address is, as far as that is known. */
  readonly place: NamedPlace | undefined;
  /** Masters, agents and frameworks that have a part in it. */
  readonly parts: readonly PartFacts[];
  /** How many more parts there are than listed. */
  readonly moreParts: number;
  /** Tasks that have a part in it, or would have one if they were published. */
  readonly tasks: readonly TaskFacts[];
  /** How many more tasks there are than listed. */
  readonly moreTasks: number;
  /** Records beyond those of Mesos-DNS that have a part in it, or would have one. */
  readonly additions: readonly AdditionFacts[];
}

/** A record beyond those of Mesos-DNS. */
export interface AdditionFacts {
  readonly rule: AdditionRule;
  /** Who wants it, in words. */
  readonly source: string;
  readonly record: ResourceRecord;
  /** The rule, or `mesos-dns`, that has the name instead; undefined when it is published. */
  readonly lostTo: string | undefined;
}

/** A master, agent or framework. */
export interface PartFacts {
  readonly kind: 'masters' | 'agent' | 'framework';
  /** The id; for the masters the leader's host and port. */
  readonly id: string;
  readonly name: string;
  /** Its records at the name, or with the address. */
  readonly records: readonly ResourceRecord[];
  /** The rule of the config by which it has none; undefined when it has. */
  readonly hidden: string | undefined;
  readonly faults: readonly RecordFault[];
}

/** A task, and every decision on the way to its records. */
export interface TaskFacts {
  readonly id: string;
  readonly name: string;
  readonly framework: { readonly id: string; readonly name: string; readonly labels: string };
  readonly agent: { readonly id: string; readonly host: string | undefined };
  readonly state: string;
  readonly isHealthy: boolean | undefined;
  /** Left out of the names it shares: another task of its name is in better health. */
  readonly isLeftOut: boolean;
  /** Why it keeps its records though the leader does not list it; undefined when the leader does. */
  readonly held: HoldReason | undefined;
  /** Where its name comes from, and what the label rule made of it. */
  readonly naming: {
    readonly from: 'task name' | 'discovery name';
    readonly text: string;
    readonly forms: readonly string[];
  };
  /** The valid addresses of each source, in the order of the config or of the task's label; the first with any is chosen. */
  readonly sources: readonly { readonly source: IpSource; readonly addresses: readonly string[] }[];
  readonly chosenSource: IpSource | undefined;
  /** Its records at the name, or with the address. */
  readonly records: readonly ResourceRecord[];
  /** Why it has no records at all; undefined when it has. */
  readonly skipped: string | undefined;
  readonly faults: readonly RecordFault[];
}
