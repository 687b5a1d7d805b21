import type { AgentEntry, FrameworkEntry } from './master-event.ts';
import type { MasterView } from './master-view.ts';
import type { JsonObject, MasterIdentity, SimulatedAgent, SimulatedTask } from './model.ts';
import {
  agentResourcesV0,
  agentResourcesV1,
  allocatedV1,
  resourcesV0,
  sumResources,
} from './resources.ts';
import { taskJson } from './v0-task.ts';
import { AGENT_CAPABILITIES, BUILD, MASTER_CAPABILITIES, masterFlags } from './version.ts';

const NO_RESOURCES = { disk: 0, mem: 0, gpus: 0, cpus: 0 };
const CLUSTER_NAME = 'simulated';

/** The body of `/state`. */
export function stateJson(master: MasterIdentity, view: MasterView): JsonObject {
  const tasks = tasksByFramework(view);
  const frameworks = [...view.frameworks.values()];
  return {
    version: BUILD.version,
    git_sha: BUILD.git_sha,
    build_date: BUILD.build_date,
    build_time: BUILD.build_time,
    build_user: BUILD.build_user,
    start_time: master.startTime,
    elected_time: view.electedTime,
    id: master.id,
    pid: masterPid(master),
    hostname: master.hostname,
    capabilities: MASTER_CAPABILITIES,
    activated_slaves: view.agents.size,
    deactivated_slaves: 0,
    unreachable_slaves: view.unreachableAgents.size,
    leader: masterPid(master),
    leader_info: {
      id: master.id,
      pid: masterPid(master),
      port: master.port,
      hostname: master.hostname,
    },
    cluster: CLUSTER_NAME,
    flags: masterFlags(master, CLUSTER_NAME),
    slaves: [...view.agents.values()].map(entry => agentJson(entry, view)),
    recovered_slaves: [...view.recovered.values()].map(recoveredAgentJson),
    frameworks: frameworks.map(entry => frameworkJson(entry, tasks.get(entry.framework.id))),
    completed_frameworks: view.completedFrameworks.map(entry =>
      frameworkJson(entry, tasks.get(entry.framework.id)),
    ),
    orphan_tasks: [],
    unregistered_frameworks: [],
  };
}

/** The body of `/slaves`: the agents of `/state`, each with its resources once more in full. */
export function slavesJson(view: MasterView): JsonObject {
  const slaves = [...view.agents.values()].map(entry => ({
    ...agentJson(entry, view),
    reserved_resources_full: {},
    unreserved_resources_full: agentResourcesV1({ role: '*' }),
    used_resources_full: allocatedV1(usedOn(entry.agent, view)) ?? [],
    offered_resources_full: [],
  }));
  const recovered = [...view.recovered.values()].map(recoveredAgentJson);
  return { slaves, recovered_slaves: recovered };
}

/** The body of `/frameworks`. */
export function frameworksJson(view: MasterView): JsonObject {
  const tasks = tasksByFramework(view);
  const toJson = (entry: FrameworkEntry) => frameworkJson(entry, tasks.get(entry.framework.id));
  return {
    frameworks: [...view.frameworks.values()].map(toJson),
    completed_frameworks: view.completedFrameworks.map(toJson),
    unregistered_frameworks: [],
  };
}

/** The body of `/tasks`: running and completed ones, newest first, a page at a time. */
export function tasksJson(view: MasterView, query: URLSearchParams): JsonObject {
  const number = (name: string, byDefault: number) => Number(query.get(name) ?? byDefault);
  const all = [...view.tasks.values(), ...view.unreachableTasks.values(), ...view.completedTasks];
  if (query.get('order') !== 'asc') all.reverse();
  const from = number('offset', 0);
  return { tasks: all.slice(from, from + number('limit', 100)).map(taskJson) };
}

/** The body of `/state-summary`. */
export function stateSummaryJson(master: MasterIdentity, view: MasterView): JsonObject {
  const all = [...view.tasks.values(), ...view.unreachableTasks.values(), ...view.completedTasks];
  const isOn = (id: string) => (task: SimulatedTask) => task.agentId === id;
  const isOf = (id: string) => (task: SimulatedTask) => task.frameworkId === id;
  const distinct = (ids: readonly string[]) => [...new Set(ids)];
  return {
    hostname: master.hostname,
    cluster: CLUSTER_NAME,
    slaves: [...view.agents.values()].map(entry => {
      const own = all.filter(isOn(entry.agent.id));
      const frameworkIds = distinct(own.map(({ frameworkId }) => frameworkId));
      return { ...agentJson(entry, view), ...stateCounts(own), framework_ids: frameworkIds };
    }),
    frameworks: [...view.frameworks.values()].map(entry => {
      const own = all.filter(isOf(entry.framework.id));
      const agentIds = distinct(own.map(({ agentId }) => agentId));
      return { ...frameworkHead(entry, own), ...stateCounts(own), slave_ids: agentIds };
    }),
  };
}

/** A master's libprocess pid. */
export function masterPid({ address, port }: MasterIdentity): string {
  return `master@${address}:${port}`;
}

/** An agent's libprocess pid. */
export function agentPid({ address, port }: SimulatedAgent): string {
  return `slave(1)@${address}:${port}`;
}

function agentJson({ agent, ...entry }: AgentEntry, view: MasterView): JsonObject {
  return {
    ...recoveredAgentJson(agent),
    pid: agentPid(agent),
    registered_time: entry.registeredTime,
    reregistered_time: entry.reregisteredTime,
    resources: agentResourcesV0(),
    used_resources: resourcesV0(usedOn(agent, view)),
    offered_resources: NO_RESOURCES,
    reserved_resources: {},
    unreserved_resources: agentResourcesV0(),
    active: true,
    deactivated: false,
    version: BUILD.version,
    capabilities: AGENT_CAPABILITIES,
  };
}

function recoveredAgentJson(agent: SimulatedAgent): JsonObject {
  const { id, hostname, port, attributes } = agent;
  return { id, hostname, port, attributes, domain: domainJson(agent) };
}

/** The domain of an agent, of the same form in both versions of the API. */
export function domainJson({ faultDomain: { region, zone } }: SimulatedAgent): JsonObject {
  return { fault_domain: { region: { name: region }, zone: { name: zone } } };
}

interface FrameworkTasks {
  readonly running: SimulatedTask[];
  readonly unreachable: SimulatedTask[];
  readonly completed: SimulatedTask[];
}

function tasksByFramework(view: MasterView): Map<string, FrameworkTasks> {
  const all = new Map<string, FrameworkTasks>();
  const of = ({ frameworkId }: SimulatedTask) => {
    const own = all.get(frameworkId) ?? { running: [], unreachable: [], completed: [] };
    all.set(frameworkId, own);
    return own;
  };
  for (const task of view.tasks.values()) of(task).running.push(task);
  for (const task of view.unreachableTasks.values()) of(task).unreachable.push(task);
  for (const task of view.completedTasks) of(task).completed.push(task);
  return all;
}

function frameworkJson(entry: FrameworkEntry, own?: FrameworkTasks): JsonObject {
  const running = own?.running ?? [];
  return {
    ...frameworkHead(entry, running),
    user: 'root',
    failover_timeout: 604800,
    checkpoint: true,
    registered_time: entry.registeredTime,
    unregistered_time: entry.unregisteredTime,
    resources: resourcesV0(sumResources(running.map(({ resources }) => resources))),
    reregistered_time: entry.reregisteredTime,
    roles: ['*'],
    tasks: running.map(taskJson),
    unreachable_tasks: (own?.unreachable ?? []).map(taskJson),
    completed_tasks: (own?.completed ?? []).map(taskJson),
    offers: [],
    executors: [],
    offer_constraints: {},
  };
}

function frameworkHead(entry: FrameworkEntry, tasks: readonly SimulatedTask[]): JsonObject {
  const { framework, isConnected, isRecovered } = entry;
  return {
    id: framework.id,
    name: framework.name,
    pid: isRecovered ? undefined : framework.pid,
    used_resources: resourcesV0(sumResources(tasks.map(({ resources }) => resources))),
    offered_resources: NO_RESOURCES,
    capabilities: ['MULTI_ROLE', ...(framework.isPartitionAware ? ['PARTITION_AWARE'] : [])],
    hostname: framework.hostname,
    webui_url: framework.webuiUrl,
    active: isConnected,
    connected: isConnected,
    recovered: isRecovered,
  };
}

const COUNTED_STATES = ['STAGING', 'STARTING', 'RUNNING', 'KILLING', 'FINISHED', 'KILLED'];
const COUNTED_LOSSES = ['FAILED', 'LOST', 'ERROR', 'UNREACHABLE'];

function stateCounts(tasks: readonly SimulatedTask[]): JsonObject {
  const states = [...COUNTED_STATES, ...COUNTED_LOSSES].map(name => `TASK_${name}`);
  const count = (wanted: string) => tasks.filter(({ state }) => state === wanted).length;
  return Object.fromEntries(states.map(state => [state, count(state)]));
}

function usedOn({ id }: SimulatedAgent, view: MasterView) {
  const own = [...view.tasks.values()].filter(({ agentId }) => agentId === id);
  return sumResources(own.map(({ resources }) => resources));
}
