import { type ResourceRecord, recordValue } from '../dns/index.ts';
import type { Agent, ClusterState, Framework, Task } from '../mesos/index.ts';
import { agentAddresses } from './host-addresses.ts';
import type { RecordFault } from './made-records.ts';
import { addressRecords, type MadeRecords, NO_RECORDS, onlyFault } from './made-records.ts';
import type { NamingRules } from './rules.ts';
import { type ChosenAddresses, taskAddresses } from './task-addresses.ts';
import { nameForms, type TaskNames, taskNames } from './task-names.ts';
import { oddPorts, portRecords } from './task-ports.ts';

/** The only state in which a task has names; health is not looked at. */
const RUNNING = 'TASK_RUNNING';

/**
 * The records of a task: for each form of its name the addresses of the service and of the instance,
 * the task's own and (below `slave`) its agent's, then its ports.
 */
export function taskRecords(task: Task, state: ClusterState, rules: NamingRules): MadeRecords {
  if (task.state !== RUNNING) return NO_RECORDS;
  const agent = state.agents.get(task.agentId);
  if (!agent) return onlyFault('unknown-agent', `${describe(task)} on ${task.agentId}`);
  const framework = state.frameworks.get(task.frameworkId);
  if (!framework) return onlyFault('unknown-framework', `${describe(task)} of ${task.frameworkId}`);
  return runningTaskRecords(task, agent, framework, state, rules);
}

function runningTaskRecords(
  task: Task,
  agent: Agent,
  framework: Framework,
  state: ClusterState,
  rules: NamingRules,
): MadeRecords {
  const labels = rules.fragment(framework.name);
  const own = taskAddresses(task, agent, state, rules.ipSources);
  const agents = agentAddresses(agent, state);
  const forms = nameForms(task, rules).map(form => ({
    form,
    names: taskNames(task, form, labels, rules),
  }));
  const records = forms.flatMap(({ form, names }): ResourceRecord[] => [
    ...addressRecords(names.service, own.addresses),
    ...addressRecords(names.instance, own.addresses),
    ...addressRecords(names.serviceOnAgent, agents),
    ...addressRecords(names.instanceOnAgent, agents),
    ...portRecords(task, form, names, rules),
  ]);
  const label = forms[forms.length - 1].names;
  return { records: distinctPorts(task, records), faults: taskFaults(task, label, own) };
}

/** Two ports of one number, whose names may become one label, give the same records twice. */
function distinctPorts(task: Task, records: ResourceRecord[]): readonly ResourceRecord[] {
  const ports = task.hostPorts.length + (task.discovery?.ports.length ?? 0);
  if (ports < 2) return records;
  const distinct = new Map<string, ResourceRecord>();
  for (const record of records) {
    distinct.set(`${record.owner} ${record.type} ${recordValue(record)}`, record);
  }
  return [...distinct.values()];
}

/** What could not be published; a name that only its raw form lacks is no fault. */
function taskFaults(task: Task, names: TaskNames, own: ChosenAddresses): readonly RecordFault[] {
  const faults: RecordFault[] = [];
  const what = describe(task);
  if (own.addresses.length === 0) faults.push({ cause: 'no-address', what });
  if (!names.service || !names.instance || !names.instanceOnAgent) {
    faults.push({ cause: 'name', what });
  }
  const ports = oddPorts(task);
  if (ports.length > 0) faults.push({ cause: 'port', what: `${what}: ${ports.join(' ')}` });
  return faults;
}

function describe({ id, name }: Task): string {
  return `task ${name} (${id})`;
}
