import type { AgentEntry, FrameworkEntry } from './master-event.ts';
import type {
  Json,
  JsonObject,
  Label,
  SimulatedAgent,
  SimulatedFramework,
  SimulatedTask,
  TaskStatus,
} from './model.ts';
import { agentResourcesV1, allocatedV1, sumResources, taskResourcesV1 } from './resources.ts';
import { agentPid, domainJson } from './v0-json.ts';
import { networkInfoJson } from './v0-task.ts';
import { AGENT_CAPABILITIES, BUILD } from './version.ts';

/** There is no such process; a real agent tells the executor's. */
const EXECUTOR_PID = 17029;

/** A task as v1 lists it, and TASK_ADDED tells it. */
export function taskJson(task: SimulatedTask): JsonObject {
  const newest = task.statuses.findLast(({ uuid }) => uuid !== undefined);
  return {
    name: task.name,
    task_id: id(task.id),
    framework_id: id(task.frameworkId),
    agent_id: id(task.agentId),
    state: task.state,
    resources: taskResourcesV1(task.resources),
    statuses:
      task.statuses.length === 0
        ? undefined
        : task.statuses.map(status => statusJson(status, task.id, task.agentId)),
    status_update_state: newest?.state,
    status_update_uuid: newest?.uuid,
    labels: labelsJson(task.labels),
    discovery: task.discovery,
    container: task.container,
    health_check: task.healthCheck,
  };
}

/** One status of a task. */
export function statusJson(status: TaskStatus, taskId: string, agentId: string): JsonObject {
  return {
    task_id: id(taskId),
    state: status.state,
    message: status.message,
    source: status.source,
    reason: status.reason,
    agent_id: id(agentId),
    executor_id: status.containerId === undefined ? undefined : id(taskId),
    timestamp: status.timestamp,
    uuid: status.uuid,
    healthy: status.healthy,
    labels: labelsJson(status.labels ?? []),
    container_status: containerStatusJson(status),
    unreachable_time:
      status.state === 'TASK_UNREACHABLE' ? nanoseconds(status.timestamp) : undefined,
  };
}

function containerStatusJson({ containerId, networkInfos }: TaskStatus): JsonObject | undefined {
  if (containerId === undefined) return undefined;
  return {
    container_id: id(containerId),
    network_infos: networkInfos?.map(networkInfoJson),
    executor_pid: EXECUTOR_PID,
  };
}

/** An agent with what `tasks` take of it. */
export function agentJson(entry: AgentEntry, tasks: readonly SimulatedTask[]): JsonObject {
  return {
    agent_info: agentInfo(entry.agent),
    active: true,
    deactivated: false,
    version: BUILD.version,
    pid: agentPid(entry.agent),
    registered_time: nanoseconds(entry.registeredTime),
    reregistered_time: optionalTime(entry.reregisteredTime),
    total_resources: agentResourcesV1({ role: '*' }),
    allocated_resources: allocatedV1(sumResources(tasks.map(({ resources }) => resources))),
    capabilities: AGENT_CAPABILITIES.map(type => ({ type })),
  };
}

/** What a master knows of an agent from the registry alone. */
export function agentInfo(agent: SimulatedAgent): JsonObject {
  const { hostname, port, attributes, id: agentId } = agent;
  return {
    hostname,
    port,
    resources: agentResourcesV1(),
    attributes: Object.entries(attributes).map(([name, value]) => ({
      name,
      type: 'TEXT',
      text: { value },
    })),
    id: id(agentId),
    checkpoint: true,
    domain: domainJson(agent),
  };
}

/** In events a framework also tells when it was unregistered, even if it never was. */
export function frameworkEventJson(entry: FrameworkEntry): JsonObject {
  return { ...frameworkJson(entry), unregistered_time: nanoseconds(entry.unregisteredTime) };
}

/** A framework as GET_FRAMEWORKS and events list it. */
export function frameworkJson(entry: FrameworkEntry): JsonObject {
  const { isConnected, isRecovered, registeredTime, reregisteredTime } = entry;
  const isKnown = !isRecovered;
  return {
    framework_info: frameworkInfo(entry.framework),
    active: isConnected,
    connected: isConnected,
    recovered: isRecovered,
    registered_time: isKnown ? nanoseconds(registeredTime) : undefined,
    reregistered_time: isKnown ? nanoseconds(reregisteredTime ?? registeredTime) : undefined,
  };
}

/** A framework's own part of that. */
export function frameworkInfo(framework: SimulatedFramework): JsonObject {
  const capabilities = ['MULTI_ROLE', ...(framework.isPartitionAware ? ['PARTITION_AWARE'] : [])];
  return {
    user: 'root',
    name: framework.name,
    id: id(framework.id),
    failover_timeout: 604800,
    checkpoint: true,
    roles: ['*'],
    hostname: framework.hostname,
    webui_url: framework.webuiUrl,
    capabilities: capabilities.map(type => ({ type })),
  };
}

/** An id as v1 writes it. */
export function id(value: string): JsonObject {
  return { value };
}

function labelsJson(labels: readonly Label[]): Json | undefined {
  if (labels.length === 0) return undefined;
  return { labels: labels.map(({ key, value }) => ({ key, value })) };
}

function optionalTime(seconds: number | undefined): JsonObject | undefined {
  return seconds === undefined ? undefined : nanoseconds(seconds);
}

function nanoseconds(seconds: number): JsonObject {
  return { nanoseconds: Math.round(seconds * 1e9) };
}
