import type { DomainName, ResourceRecord } from '../dns/index.ts';
import type { ClusterState, Task } from '../mesos/index.ts';
import { type Addition, decide, lostName } from './addition.ts';
import { configAdditions, hasAdditions } from './additions.ts';
import { agentAdditions } from './agent-names.ts';
import type { AdditionFacts } from './explanation.ts';
import { isReserved } from './reserved-names.ts';
import type { NamingRules } from './rules.ts';
import { taskAdditions } from './task-additions.ts';
import { taskRecords } from './task-records.ts';
import type { UnhealthyTasks } from './unhealthy-tasks.ts';

/** An addition, and who wants it. */
interface Sourced extends Addition {
  readonly source: string;
}

/**
 * The records beyond those of Mesos-DNS that `isAsked`, published or not.
 *
 * @param most So many are told.
 * @param isTaken Whether Mesos-DNS's rules give a name to something.
 */
export function additionFacts(
  isAsked: (record: ResourceRecord) => boolean,
  isTaken: (owner: DomainName) => boolean,
  most: number,
  state: ClusterState,
  rules: NamingRules,
  unhealthy: UnhealthyTasks,
): readonly AdditionFacts[] {
  if (!hasAdditions(rules)) return [];
  const all = [...everyAddition(state, rules, unhealthy)];
  const asked = all.filter(({ record }) => isAsked(record));
  const verdictOn = onceForEach((name: DomainName) => {
    const rivals = all.filter(other => other.name === name || other.record.owner === name);
    return decide(rivals, isReserved(name, rules) || isTaken(name));
  });
  return asked.slice(0, most).map(addition => {
    const { rule, source, record } = addition;
    const lostTo = lostName(addition, verdictOn)?.to?.split(' ')[0];
    return { rule, source, record, lostTo };
  });
}

function* everyAddition(
  state: ClusterState,
  rules: NamingRules,
  unhealthy: UnhealthyTasks,
): Generator<Sourced> {
  for (const addition of configAdditions(rules).additions) {
    yield { ...addition, source: 'the config' };
  }
  for (const agent of rules.agentNames ? state.agents.values() : []) {
    for (const addition of agentAdditions(agent, state, rules).additions) {
      yield { ...addition, source: `agent ${agent.id}` };
    }
  }
  for (const task of state.tasks.values()) {
    if (unhealthy.isLeftOut(task.key)) continue;
    for (const addition of additionsOf(task, state, rules)) {
      yield { ...addition, source: `task ${task.id}` };
    }
  }
}

function additionsOf(task: Task, state: ClusterState, rules: NamingRules): readonly Addition[] {
  const made = taskRecords(task, state, rules).records;
  return taskAdditions(task, state, rules, made).additions;
}

/** `make`, asked once for each name: it looks at every task, and the instances of a name are many. */
function onceForEach<Value>(make: (name: DomainName) => Value): (name: DomainName) => Value {
  const made = new Map<DomainName, { readonly value: Value }>();
  return name => {
    const found = made.get(name) ?? { value: make(name) };
    made.set(name, found);
    return found.value;
  };
}
