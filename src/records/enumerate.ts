import { type ResourceRecord, recordValue } from '../dns/index.ts';
import type { ClusterState, FrameworkId, Task } from '../mesos/index.ts';
import { agentRecords } from './agent-records.ts';
import { frameworkRecords } from './framework-records.ts';
import type { MadeRecords } from './made-records.ts';
import { masterRecords } from './master-records.ts';
import { hiddenFramework } from './publish-rules.ts';
import type { NamingRules } from './rules.ts';
import { isCounted, taskRecords } from './task-records.ts';
import { unhealthyTasks } from './unhealthy-tasks.ts';

/** A framework as `/v1/enumerate` lists it. */
export interface EnumeratedFramework {
  /** As the framework calls itself. */
  readonly name: string;
  /** Made one by one as they are asked for; to be walked once. */
  readonly tasks: Iterable<EnumeratedTask>;
}

/** A running task with its records; those an earlier task or a fixed name made are not repeated. */
export interface EnumeratedTask {
  readonly name: string;
  readonly id: string;
  readonly records: readonly ResourceRecord[];
}

/**
 * All frameworks in the state's order, each with its running tasks on known agents, in the order made.
 * To be walked once, in order: what was seen before decides what is repeated.
 */
export function* enumerate(
  state: ClusterState,
  rules: NamingRules,
): Generator<EnumeratedFramework> {
  const tasksOf = Map.groupBy(state.tasks.values(), ({ frameworkId }): FrameworkId => frameworkId);
  const isNew = firstSightings(fixedRecords(state, rules));
  const unhealthy = unhealthyTasks(state, rules);
  const recordsOf = (task: Task) =>
    taskRecords(task, state, rules, unhealthy.isLeftOut(task.key)).records.filter(isNew);
  for (const framework of state.frameworks.values()) {
    const tasks = (tasksOf.get(framework.id) ?? []).filter(task => isCounted(task, state, rules));
    if (tasks.length === 0 && hiddenFramework(framework, rules.publish)) continue;
    yield { name: framework.name, tasks: enumerateTasks(tasks, recordsOf) };
  }
}

function* enumerateTasks(
  tasks: readonly Task[],
  recordsOf: (task: Task) => readonly ResourceRecord[],
): Generator<EnumeratedTask> {
  for (const task of tasks) {
    yield { name: task.name, id: task.id, records: recordsOf(task) };
  }
}

function* fixedRecords(state: ClusterState, rules: NamingRules): Generator<MadeRecords> {
  for (const framework of state.frameworks.values()) {
    yield frameworkRecords(framework, state, rules);
  }
  for (const agent of state.agents.values()) yield agentRecords(agent, state, rules);
  yield masterRecords(state, rules);
}

/** Says of each record whether it was not asked about before, nor is among `made`. */
function firstSightings(made: Iterable<MadeRecords>): (record: ResourceRecord) => boolean {
  const seen = new Set<string>();
  const isNew = (record: ResourceRecord) => {
    const before = seen.size;
    seen.add(`${record.owner} ${record.type} ${recordValue(record)}`);
    return seen.size > before;
  };
  for (const { records } of made) for (const record of records) isNew(record);
  return isNew;
}
