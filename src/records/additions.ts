import type { ResourceRecord } from '../dns/index.ts';
import type { AgentId, ClusterState, TaskKey } from '../mesos/index.ts';
import { type Addition, NO_WANTS, type Wants } from './addition.ts';
import { AdditionBook } from './addition-book.ts';
import { agentAdditions } from './agent-names.ts';
import type { MadeRecords } from './made-records.ts';
import type { RecordChanges } from './record-book.ts';
import { isReserved } from './reserved-names.ts';
import type { NamingRules } from './rules.ts';
import { taskAdditions } from './task-additions.ts';

/** The source of what the config says, apart from any cluster. */
const CONFIG = 'config';
const TASK = 'task:';
const AGENT = 'agent:';

/** Says whether any rule makes names beyond those of Mesos-DNS. */
export function hasAdditions(rules: NamingRules): boolean {
  const { staticRecords = [], aliases = [], aliasLabel } = rules;
  const { groupNames, agentNames, addressNames, portIndexNames, places } = rules;
  const isOn = groupNames || agentNames || addressNames || portIndexNames || places;
  return staticRecords.length + aliases.length > 0 || Boolean(aliasLabel || isOn);
}

/** The records that the config spells out. */
export function configAdditions({ staticRecords = [], aliases = [] }: NamingRules): Wants {
  const additions: Addition[] = [
    ...staticRecords.map(record => ({ rule: 'static' as const, name: record.owner, record })),
    ...aliases.map(record => ({ rule: 'alias' as const, name: record.owner, record })),
  ];
  return { additions, faults: [] };
}

/** Follows the changes of Mesos-DNS's records with those of the records beyond them. */
export class Additions {
  readonly #rules: NamingRules;
  readonly #book: AdditionBook;
  #hasConfig = false;

  constructor(rules: NamingRules) {
    this.#rules = rules;
    this.#book = new AdditionBook(owner => isReserved(owner, rules));
  }

  /**
   * Takes the records that a change of the cluster made; gives those beyond them. A task that
   * `isLeftOut` of the names it shares has none.
   */
  update(
    changes: RecordChanges,
    state: ClusterState,
    isLeftOut: (key: TaskKey) => boolean,
  ): ReadonlyMap<string, MadeRecords> {
    const wanted = new Map<string, Wants>();
    if (!this.#hasConfig) wanted.set(CONFIG, configAdditions(this.#rules));
    this.#hasConfig = true;
    for (const [source, records] of changes) {
      if (source.startsWith(TASK)) {
        const key = source.slice(TASK.length) as TaskKey;
        wanted.set(source, isLeftOut(key) ? NO_WANTS : this.#ofTask(key, state, records));
      } else if (source.startsWith(AGENT)) {
        wanted.set(source, this.#ofAgent(source.slice(AGENT.length) as AgentId, state));
      }
    }
    return this.#book.update(changes, wanted);
  }

  /** Takes records that do not come from the cluster. */
  take(changes: RecordChanges): ReadonlyMap<string, MadeRecords> {
    return this.#book.update(changes, new Map());
  }

  #ofTask(key: TaskKey, state: ClusterState, made: readonly ResourceRecord[]): Wants {
    const task = state.tasks.get(key);
    return task ? taskAdditions(task, state, this.#rules, made) : NO_WANTS;
  }

  #ofAgent(id: AgentId, state: ClusterState): Wants {
    const agent = state.agents.get(id);
    return agent && this.#rules.agentNames ? agentAdditions(agent, state, this.#rules) : NO_WANTS;
  }
}
