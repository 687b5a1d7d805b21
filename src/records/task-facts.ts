import type { ResourceRecord } from '../dns/index.ts';
import type { ClusterState, Task } from '../mesos/index.ts';
import type { TaskFacts } from './explanation.ts';
import type { MadeRecords } from './made-records.ts';
import type { NamingRules } from './rules.ts';
import { addressesFrom, taskAddresses } from './task-addresses.ts';
import { nameForms } from './task-names.ts';
import { RUNNING, taskRecords } from './task-records.ts';
import { taskSources } from './task-sources.ts';

/** Every decision on the way from `task` to its records, of which those that `isAsked` are kept. */
export function taskFacts(
  task: Task,
  isAsked: (record: ResourceRecord) => boolean,
  state: ClusterState,
  rules: NamingRules,
  isLeftOut: boolean,
): TaskFacts {
  const framework = state.frameworks.get(task.frameworkId);
  const agent = state.agents.get(task.agentId);
  const made = taskRecords(task, state, rules, isLeftOut);
  const { id, name, isHealthy } = task;
  return {
    id,
    name,
    framework: {
      id: task.frameworkId,
      name: framework?.name ?? '',
      labels: rules.fragment(framework?.name ?? ''),
    },
    agent: { id: task.agentId, host: agent?.pid?.host ?? agent?.hostname },
    state: task.state,
    isHealthy,
    isLeftOut,
    held: state.heldTasks.get(task.key),
    naming: naming(task, rules),
    ...addressFacts(task, state, rules),
    records: made.records.filter(isAsked),
    skipped: skipReason(task, state, made),
    faults: made.faults,
  };
}

function naming(task: Task, rules: NamingRules): TaskFacts['naming'] {
  const { discovery } = task;
  return {
    from: discovery ? 'discovery name' : 'task name',
    text: discovery?.name ?? task.name,
    forms: nameForms(task, rules),
  };
}

function addressFacts(
  task: Task,
  state: ClusterState,
  rules: NamingRules,
): Pick<TaskFacts, 'sources' | 'chosenSource'> {
  const agent = state.agents.get(task.agentId);
  if (!agent) return { sources: [], chosenSource: undefined };
  const { sources } = taskSources(task, rules);
  return {
    sources: sources.map(source => ({
      source,
      addresses: addressesFrom(source, task, agent, state).map(({ text }) => text),
    })),
    chosenSource: taskAddresses(task, agent, state, sources).source,
  };
}

function skipReason(task: Task, state: ClusterState, made: MadeRecords): string | undefined {
  if (made.records.length > 0) return undefined;
  if (task.state !== RUNNING) return `its state is ${task.state}, only ${RUNNING} has names`;
  if (!state.agents.has(task.agentId)) return `its agent ${task.agentId} is not in the state`;
  if (!state.frameworks.has(task.frameworkId)) {
    return `its framework ${task.frameworkId} is not in the state`;
  }
  if (made.hidden) return made.hidden.text;
  const causes = made.faults.map(({ cause }) => cause);
  return causes.includes('name')
    ? 'no name of its own or of its framework can be put on the wire'
    : 'it has no address and no port';
}
