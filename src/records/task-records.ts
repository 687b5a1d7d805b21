import { type IpAddress, type ResourceRecord, recordValue } from '../dns/index.ts';
import type { Agent, ClusterState, Task } from '../mesos/index.ts';
import { agentAddresses } from './host-addresses.ts';
import type { RecordFault } from './made-records.ts';
import { addAddresses, type MadeRecords, NO_RECORDS, onlyFault } from './made-records.ts';
import { hiddenTask, withToldPorts } from './publish-rules.ts';
import type { NamingRules } from './rules.ts';
import { addInstances, taskStrings } from './service-discovery.ts';
import { taskAddresses } from './task-addresses.ts';
import { type TaskNames, taskNames } from './task-names.ts';
import { addDiscoveryPorts, addHostPorts, oddPorts } from './task-ports.ts';
import { taskRank } from './task-rank.ts';
import { taskSources } from './task-sources.ts';

/** The only state in which a task has names. */
export const RUNNING = 'TASK_RUNNING';

/** Says whether a task counts: it runs, on an agent of the state, and no rule of the config hides it. */
export function isCounted(
  task: Task,
  { agents, frameworks }: ClusterState,
  { publish }: NamingRules,
): boolean {
  if (task.state !== RUNNING || !agents.has(task.agentId)) return false;
  const framework = publish && frameworks.get(task.frameworkId);
  return !framework || hiddenTask(task, framework, publish) === undefined;
}

/**
 * The records of a task: for each form of its name the addresses of the service and of the instance,
 * the task's own and (below `slave`) its agent's, then its ports. One that is left out, since its
 * health check fails, keeps the names that are its alone.
 */
export function taskRecords(
  task: Task,
  state: ClusterState,
  rules: NamingRules,
  isLeftOut = false,
): MadeRecords {
  if (task.state !== RUNNING) return NO_RECORDS;
  const agent = state.agents.get(task.agentId);
  if (!agent) return onlyFault('unknown-agent', `${describeTask(task)} on ${task.agentId}`);
  const framework = state.frameworks.get(task.frameworkId);
  if (!framework)
    return onlyFault('unknown-framework', `${describeTask(task)} of ${task.frameworkId}`);
  const hidden = hiddenTask(task, framework, rules.publish);
  if (hidden) return { ...NO_RECORDS, hidden };
  const forms = taskNames(task, rules.fragment(framework.name), rules);
  const told = withToldPorts(task, rules.publish);
  return runningTaskRecords(told, agent, forms, state, rules, isLeftOut);
}

function runningTaskRecords(
  task: Task,
  agent: Agent,
  forms: readonly TaskNames[],
  state: ClusterState,
  rules: NamingRules,
  isLeftOut: boolean,
): MadeRecords {
  const { sources, unusable: oddSources } = taskSources(task, rules);
  const { rank, unusable: oddRanks } = taskRank(task, rules);
  const own = taskAddresses(task, agent, state, sources).addresses;
  const agents = agentAddresses(agent, state);
  const ports = task.discovery?.ports ?? [];
  const records: ResourceRecord[] = [];
  for (const names of forms) {
    if (!isLeftOut) addAddresses(records, names.service.own, own);
    addAddresses(records, names.own, own);
    if (!isLeftOut) addAddresses(records, names.service.onAgent, agents);
    addAddresses(records, names.onAgent, agents);
    if (isLeftOut) continue;
    addHostPorts(records, task, names, rank);
    addDiscoveryPorts(records, ports, names, rules, rank);
  }
  if (rules.serviceDiscovery && !isLeftOut) addTaskInstances(records, task, forms, rules);
  const canRepeat = task.hostPorts.length > 1 || ports.length > 1;
  return {
    // A copy has no spare room, of which a list that grew has as much again.
    records: canRepeat ? distinctRecords(records) : records.slice(),
    faults: taskFaults(task, forms[forms.length - 1], own, [...oddRanks, ...oddSources]),
  };
}

/** By the label alone: what can be browsed has one name. */
function addTaskInstances(
  records: ResourceRecord[],
  task: Task,
  forms: readonly TaskNames[],
  rules: NamingRules,
): void {
  const { service, own } = forms[forms.length - 1];
  const services =
    task.discovery?.ports.flatMap(({ protocol }) =>
      service.port(rules.label(protocol ?? ''), ''),
    ) ?? service.both;
  const strings = taskStrings(task, rules.txtLabels);
  if (own) addInstances(records, services, own.split('.')[0], rules, strings);
}

/** Two ports of one number, whose names may become one label, give the same records twice. */
function distinctRecords(records: readonly ResourceRecord[]): readonly ResourceRecord[] {
  const distinct = new Map<string, ResourceRecord>();
  for (const record of records) {
    distinct.set(`${record.owner} ${record.type} ${recordValue(record)}`, record);
  }
  return [...distinct.values()];
}

/** What could not be published; a name that only its raw form lacks is no fault. */
function taskFaults(
  task: Task,
  names: TaskNames,
  own: readonly IpAddress[],
  oddLabels: readonly string[],
): readonly RecordFault[] {
  const faults: RecordFault[] = [...labelFaults(task, oddLabels)];
  const what = describeTask(task);
  if (own.length === 0) faults.push({ cause: 'no-address', what });
  if (!names.service.own || !names.own || !names.onAgent) {
    faults.push({ cause: 'name', what });
  }
  const ports = oddPorts(task);
  if (ports.length > 0) faults.push({ cause: 'port', what: `${what}: ${ports.join(' ')}` });
  return faults;
}

/** Labels that say what cannot be heeded, as `key=value` each. */
export function labelFaults(task: Task, unusable: readonly string[]): readonly RecordFault[] {
  return unusable.map(text => ({ cause: 'label', what: `${describeTask(task)}: ${text}` }));
}

/** How a task is called in faults. */
function describeTask({ id, name }: Task): string {
  return `task ${name} (${id})`;
}
