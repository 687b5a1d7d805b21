import type { Random } from '../runtime/index.ts';
import type { AppNetwork, MarathonApp } from './marathon-app.ts';
import {
  type JsonObject,
  type NetworkInfo,
  type PortMapping,
  type SimulatedAgent,
  type SimulatedTask,
  uuid,
} from './model.ts';

/** Where an instance runs: chosen when it is launched. */
export interface Placement {
  readonly agent: SimulatedAgent;
  /** One number for each port of the app; undefined where the app wants no host port. */
  readonly hostPorts: readonly (number | undefined)[];
  /** The agent's own address with host networking. */
  readonly containerAddress: string;
}

/** The task of a new instance, as Marathon asks a master to launch it: not yet with a status. */
export function appTask(
  app: MarathonApp,
  frameworkId: string,
  placement: Placement,
  random: Random,
): SimulatedTask {
  const name = [...app.path].reverse().join('.');
  return {
    id: `${app.path.join('_')}.instance-${uuid(random)}._app.1`,
    name,
    frameworkId,
    agentId: placement.agent.id,
    state: 'TASK_STAGING',
    statuses: [],
    resources: {
      cpus: app.cpus,
      mem: app.mem,
      disk: app.disk,
      ports: placement.hostPorts.filter(port => port !== undefined),
    },
    labels: app.labels,
    discovery: {
      visibility: 'FRAMEWORK',
      name,
      ports: discoveryPorts(app, placement),
    },
    container: containerJson(app, placement),
    healthCheck: healthCheckJson(app, placement),
  };
}

/** The network of a running instance, for its statuses. */
export function taskNetwork(app: MarathonApp, placement: Placement): NetworkInfo {
  const { network } = app;
  const name = network.mode === 'container' ? network.name : undefined;
  const isDocker = app.container?.type === 'DOCKER';
  // The Docker executor tells addresses only; Mesos's own containers tell their mappings too.
  const mappings = isDocker ? [] : portMappings(app, placement);
  return { addresses: [placement.containerAddress], name, portMappings: mappings };
}

/** Container ports that have a host port; none with host networking. */
export function portMappings(app: MarathonApp, { hostPorts }: Placement): PortMapping[] {
  if (app.network.mode === 'host') return [];
  return app.ports.flatMap(({ containerPort, protocol }, index) => {
    const hostPort = hostPorts[index];
    if (hostPort === undefined) return [];
    return [{ hostPort, containerPort: containerPort || hostPort, protocol }];
  });
}

function discoveryPorts(app: MarathonApp, { hostPorts }: Placement): JsonObject {
  const ports = app.ports.flatMap((port, index) => {
    const labels = { ...port.labels, ...scopeLabels(app.network, hostPorts[index]) };
    const list = Object.entries(labels).map(([key, value]) => ({ key, value }));
    // "tcp,udp" becomes two entries of the same number.
    return port.protocol.split(',').map(protocol => ({
      number: hostPorts[index] ?? port.containerPort,
      name: port.name,
      protocol,
      labels: list.length > 0 ? { labels: list } : undefined,
    }));
  });
  return ports.length > 0 ? { ports } : {};
}

/** Whose address a port belongs to; host networking says nothing. */
function scopeLabels(network: AppNetwork, hostPort: number | undefined): Record<string, string> {
  if (network.mode === 'host') return {};
  if (hostPort !== undefined) return { 'network-scope': 'host' };
  if (network.mode === 'bridge') return { 'network-scope': 'container' };
  return { 'network-scope': 'container', 'network-name': network.name };
}

const DOCKER_NETWORK = { host: 'HOST', bridge: 'BRIDGE', container: 'USER' };

function containerJson(app: MarathonApp, placement: Placement): JsonObject | undefined {
  const { container, network } = app;
  if (!container) return undefined;
  const mappings = portMappings(app, placement).map(({ hostPort, containerPort, protocol }) => ({
    host_port: hostPort,
    container_port: containerPort,
    protocol,
  }));
  const port_mappings = mappings.length > 0 ? mappings : undefined;
  const name = network.mode === 'container' ? network.name : undefined;
  const network_infos = name ? [{ name, port_mappings }] : undefined;
  const volumes = container.volumes.length > 0 ? container.volumes : undefined;
  if (container.type === 'MESOS') return { type: 'MESOS', volumes, network_infos };
  const docker = {
    image: container.image,
    network: DOCKER_NETWORK[network.mode],
    port_mappings,
    privileged: false,
    force_pull_image: false,
  };
  return { type: 'DOCKER', volumes, docker, network_infos };
}

function healthCheckJson(app: MarathonApp, { hostPorts }: Placement): JsonObject | undefined {
  const { healthCheck: check } = app;
  if (!check) return undefined;
  const [port] = app.ports;
  const number = (port?.containerPort || hostPorts[0]) ?? 0;
  const kinds = {
    HTTP: { http: { protocol: 'IPv4', scheme: 'http', port: number, path: check.path } },
    TCP: { tcp: { protocol: 'IPv4', port: number } },
    COMMAND: { command: { shell: true, value: 'true' } },
  };
  return {
    delay_seconds: check.delaySeconds,
    interval_seconds: check.intervalSeconds,
    timeout_seconds: check.timeoutSeconds,
    consecutive_failures: check.failures,
    grace_period_seconds: check.graceSeconds,
    type: check.type,
    ...kinds[check.type],
  };
}
