import type { IpAddress, ResourceRecord } from '../dns/index.ts';
import type { AgentId, ClusterState, ClusterUpdate, FrameworkId, TaskKey } from '../mesos/index.ts';
import { Additions, hasAdditions } from './additions.ts';
import { agentRecords } from './agent-records.ts';
import { frameworkRecords } from './framework-records.ts';
import { HiddenTasks } from './hidden-tasks.ts';
import {
  type MadeRecords,
  NO_RECORDS,
  type RecordFault,
  type RecordFaultCause,
} from './made-records.ts';
import { masterRecords } from './master-records.ts';
import { nameServerRecords } from './name-server-records.ts';
import type { HideCause } from './publish-rules.ts';
import type { NamingRules } from './rules.ts';
import { taskRecords } from './task-records.ts';
import { UnhealthyTasks, unhealthyTasks } from './unhealthy-tasks.ts';

/** The records of each source that changed; none for a source that is gone. Keys are stable. */
export type RecordChanges = ReadonlyMap<string, readonly ResourceRecord[]>;

/** What an update of the cluster means for the zone. */
export interface BookUpdate {
  readonly changes: RecordChanges;
  /** Those that were not there at the update before, so that each is logged once. */
  readonly faults: readonly RecordFault[];
}

/**
 * Turns updates of the cluster into changes of records, computing anew only what an update touches.
 * Sources are `masters`, `nameserver`, `agent:ID`, `framework:ID` and `task:KEY`; what goes beyond
 * Mesos-DNS has sources of its own, `added:config`,
 * `added:agent:ID` and `added:task:KEY`.
 */
export interface RecordBook {
  update(update: ClusterUpdate): BookUpdate;
  /** The addresses at which clients reach us, those of `SOAMname`; see `reachableAddresses`. */
  reachAt(addresses: readonly IpAddress[]): BookUpdate;
  /** How many records or sources are left out now, by cause. */
  faultCounts(): ReadonlyMap<RecordFaultCause, number>;
  /** How many tasks rules of the config hide now, by cause. */
  hiddenCounts(): ReadonlyMap<HideCause, number>;
}

/** An empty book. */
export function recordBook(rules: NamingRules): RecordBook {
  const faults = faultBook();
  const additions = hasAdditions(rules) ? new Additions(rules) : undefined;
  let hidden = new HiddenTasks();
  // Of the cluster; the state before cannot tell, since its maps may live on and change.
  const sources = new Set<string>();
  let unhealthy = new UnhealthyTasks(rules);
  const note = (made: Made) => {
    const update = faults.note(rules.publish ? hidden.noting(made) : made);
    for (const [source, records] of update.changes) {
      if (records.length > 0) sources.add(source);
      else sources.delete(source);
    }
    return update;
  };
  return {
    update: ({ state, touched }) => {
      let update: BookUpdate;
      if (touched === 'all') {
        unhealthy = unhealthyTasks(state, rules);
        hidden = new HiddenTasks();
        const made = madeRecords(everything(state), state, rules, unhealthy);
        update = note(withoutTheRest(sources, made));
        rules.forget();
      } else {
        const tasks = unhealthy.update(touched.tasks, state);
        update = note(madeRecords({ ...touched, tasks }, state, rules, unhealthy));
      }
      if (!additions) return update;
      const isLeftOut = (key: TaskKey) => unhealthy.isLeftOut(key);
      return joined(update, faults.note(additions.update(update.changes, state, isLeftOut)));
    },
    reachAt: addresses => {
      const records = nameServerRecords(addresses, rules);
      const update = faults.note([['nameserver', { records, faults: [] }]]);
      return additions ? joined(update, faults.note(additions.take(update.changes))) : update;
    },
    faultCounts: faults.counts,
    hiddenCounts: () => hidden.counts,
  };
}

function joined(a: BookUpdate, b: BookUpdate): BookUpdate {
  return { changes: new Map([...a.changes, ...b.changes]), faults: [...a.faults, ...b.faults] };
}

type Made = Iterable<readonly [source: string, made: MadeRecords]>;

/** Whose records are to be made. */
interface Wanted {
  readonly masters: boolean;
  readonly agents: Iterable<AgentId>;
  readonly frameworks: Iterable<FrameworkId>;
  readonly tasks: Iterable<TaskKey>;
}

function everything({ agents, frameworks, tasks }: ClusterState): Wanted {
  return {
    masters: true,
    agents: agents.keys(),
    frameworks: frameworks.keys(),
    tasks: tasks.keys(),
  };
}

/** Also takes away those of `sources` that are not among `made`. */
function* withoutTheRest(sources: ReadonlySet<string>, made: Made): Made {
  const rest = new Set(sources);
  for (const entry of made) {
    rest.delete(entry[0]);
    yield entry;
  }
  for (const source of rest) yield [source, NO_RECORDS];
}

function* madeRecords(
  wanted: Wanted,
  state: ClusterState,
  rules: NamingRules,
  unhealthy: UnhealthyTasks,
): Made {
  if (wanted.masters) yield ['masters', masterRecords(state, rules)];
  for (const id of wanted.frameworks) {
    const framework = state.frameworks.get(id);
    yield [`framework:${id}`, framework ? frameworkRecords(framework, state, rules) : NO_RECORDS];
  }
  for (const id of wanted.agents) {
    const agent = state.agents.get(id);
    yield [`agent:${id}`, agent ? agentRecords(agent, state, rules) : NO_RECORDS];
  }
  for (const key of wanted.tasks) {
    const task = state.tasks.get(key);
    const isLeftOut = unhealthy.isLeftOut(key);
    yield [`task:${key}`, task ? taskRecords(task, state, rules, isLeftOut) : NO_RECORDS];
  }
}

/** Remembers the faults of each source that has any. */
function faultBook() {
  const bySource = new Map<string, readonly RecordFault[]>();
  const counts = new Map<RecordFaultCause, number>();
  const count = (faults: readonly RecordFault[], step: 1 | -1) => {
    for (const { cause } of faults) counts.set(cause, (counts.get(cause) ?? 0) + step);
  };
  const replace = (source: string, faults: readonly RecordFault[]) => {
    const before = bySource.get(source) ?? [];
    count(before, -1);
    count(faults, 1);
    if (faults.length > 0) bySource.set(source, faults);
    else bySource.delete(source);
    return faults.filter(({ cause, what }) =>
      before.every(known => known.cause !== cause || known.what !== what),
    );
  };
  return {
    counts: (): ReadonlyMap<RecordFaultCause, number> => counts,
    note: (made: Made): BookUpdate => {
      const changes = new Map<string, readonly ResourceRecord[]>();
      const faults: RecordFault[] = [];
      for (const [source, { records, faults: found }] of made) {
        changes.set(source, records);
        faults.push(...replace(source, found));
      }
      return { changes, faults };
    },
  };
}
