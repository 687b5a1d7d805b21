import type { Json, JsonObject, Label, NetworkInfo, SimulatedTask, TaskStatus } from './model.ts';
import { resourcesV0 } from './resources.ts';

/** A task as `/state` and `/tasks` list it. */
export function taskJson(task: SimulatedTask): JsonObject {
  return {
    id: task.id,
    name: task.name,
    framework_id: task.frameworkId,
    executor_id: '',
    slave_id: task.agentId,
    state: task.state,
    resources: resourcesV0(task.resources),
    role: '*',
    statuses: task.statuses.map(statusJson),
    labels: labelsJson(task.labels),
    discovery: task.discovery,
    container: task.container,
    health_check: task.healthCheck,
  };
}

function statusJson(status: TaskStatus): JsonObject {
  return {
    state: status.state,
    timestamp: status.timestamp,
    labels: labelsJson(status.labels ?? []),
    container_status: containerStatusJson(status),
    healthy: status.healthy,
  };
}

function containerStatusJson({ containerId, networkInfos }: TaskStatus): JsonObject | undefined {
  if (containerId === undefined) return undefined;
  const infos = networkInfos?.map(networkInfoJson);
  return { container_id: { value: containerId }, network_infos: infos };
}

/** One entry of `network_infos`, the same in `/state` and v1. */
export function networkInfoJson({ addresses, name, portMappings }: NetworkInfo): JsonObject {
  const mappings = portMappings.map(({ hostPort, containerPort, protocol }) => ({
    host_port: hostPort,
    container_port: containerPort,
    protocol,
  }));
  return {
    ip_addresses: addresses.map(address => ({
      protocol: address.includes(':') ? 'IPv6' : 'IPv4',
      ip_address: address,
    })),
    name,
    port_mappings: mappings.length > 0 ? mappings : undefined,
  };
}

function labelsJson(labels: readonly Label[]): Json[] | undefined {
  return labels.length === 0 ? undefined : labels.map(({ key, value }) => ({ key, value }));
}
