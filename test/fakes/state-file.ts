import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type {
  Agent,
  AgentId,
  ClusterState,
  Discovery,
  Framework,
  FrameworkId,
  HostPort,
  PortMapping,
  Task,
  TaskAddresses,
  TaskKey,
  Visibility,
} from '../../src/mesos/index.ts';
import { PROJECT } from '../paths.ts';

/** A well-formed body of `/state`; only what names are made of. */
interface StateJson {
  readonly leader: string;
  readonly slaves: readonly { id: string; hostname?: string; pid?: string }[];
  readonly frameworks: readonly {
    id?: string;
    name?: string;
    pid?: string;
    hostname?: string;
    active?: boolean;
    tasks: readonly TaskJson[];
  }[];
}

interface TaskJson {
  readonly id?: string;
  readonly name?: string;
  readonly slave_id?: string;
  readonly state: string;
  readonly resources?: { ports?: string };
  readonly statuses?: readonly StatusJson[];
  readonly labels?: readonly LabelJson[];
  readonly container?: {
    docker?: { port_mappings?: readonly MappingJson[] };
    network_infos?: readonly { port_mappings?: readonly MappingJson[] }[];
  };
  readonly discovery?: {
    name?: string;
    visibility?: Visibility;
    labels?: { labels?: readonly LabelJson[] };
    ports?: { ports?: readonly PortJson[] };
  };
}

interface LabelJson {
  readonly key: string;
  readonly value?: string;
}

interface MappingJson {
  readonly host_port: number;
  readonly container_port: number;
  readonly protocol?: string;
}

interface StatusJson {
  readonly state: string;
  readonly timestamp?: number;
  readonly labels?: readonly { key: string; value?: string }[];
  readonly container_status?: {
    network_infos?: readonly {
      ip_address?: string;
      ip_addresses?: readonly { ip_address?: string }[];
    }[];
  };
}

interface PortJson {
  readonly number: number;
  readonly name?: string;
  readonly protocol?: string;
  readonly visibility?: Visibility;
  readonly labels?: { labels?: readonly { key: string; value?: string }[] };
}

/** A fixture's text below test/fixtures; `.gz` is undone. */
export function fixture(path: string): string {
  const octets = readFileSync(join(PROJECT, 'test/fixtures', path));
  return (path.endsWith('.gz') ? gunzipSync(octets) : octets).toString();
}

/**
 * The cluster state of a well-formed `/state` body, read without the decoder under test elsewhere:
 * a second opinion on it, and short enough to be believed.
 */
export function stateOf(text: string, masters: readonly string[] = []): ClusterState {
  const json = JSON.parse(text) as StateJson;
  const frameworks = json.frameworks.map(
    ({ id, name = '', hostname = '', pid, active, tasks }) => ({
      own: {
        id: (id ?? name) as FrameworkId,
        name,
        hostname,
        pid: hostPort(pid),
        isActive: active ?? true,
        isRecovered: false,
      },
      tasks,
    }),
  );
  const tasks = frameworks.flatMap(framework =>
    framework.tasks.map((task, index) => taskOf(task, framework.own.id, index)),
  );
  const agents = json.slaves.map(
    ({ id, hostname, pid }): Agent => ({
      id: id as AgentId,
      hostname: hostname ?? '',
      pid: hostPort(pid),
      faultDomain: undefined,
      attributes: [],
    }),
  );
  return {
    leader: hostPort(json.leader)!,
    masters: masters.map(text => hostPort(`@${text}`)!),
    agents: new Map(agents.map(agent => [agent.id, agent])),
    frameworks: new Map(frameworks.map(({ own }): [FrameworkId, Framework] => [own.id, own])),
    tasks: new Map(tasks.map(task => [task.key, task])),
    heldTasks: new Map(),
    hostAddresses: new Map(),
  };
}

/** `id@host:port`, an IPv6 address in brackets. */
function hostPort(pid: string | undefined): HostPort | undefined {
  const found = /@\[?([^@]+?)\]?:(\d+)$/.exec(pid ?? '');
  return found ? { host: found[1], port: Number(found[2]) } : undefined;
}

function taskOf(json: TaskJson, frameworkId: FrameworkId, index: number): Task {
  return {
    // Ids are doubled in some fixtures; the place in the list is not.
    key: `${frameworkId} ${index} ${json.id}` as TaskKey,
    id: json.id ?? '',
    name: json.name ?? '',
    frameworkId,
    agentId: (json.slave_id ?? '') as AgentId,
    state: json.state,
    isHealthy: undefined,
    addresses: addressesOf(json.statuses ?? []),
    hostPorts: hostPorts(json.resources?.ports ?? '[]'),
    discovery: discoveryOf(json.discovery),
    labels: [...(json.labels ?? []), ...(json.discovery?.labels?.labels ?? [])].map(
      ({ key, value = '' }) => ({ key, value }),
    ),
    portMappings: portMappings(json.container),
  };
}

function portMappings(container: TaskJson['container']): readonly PortMapping[] {
  return [container?.docker, ...(container?.network_infos ?? [])]
    .flatMap(holder => holder?.port_mappings ?? [])
    .map(({ host_port, container_port, protocol }) => ({
      hostPort: host_port,
      containerPort: container_port,
      protocol,
    }));
}

function addressesOf(statuses: readonly StatusJson[]): TaskAddresses {
  const running = statuses.filter(({ state }) => state === 'TASK_RUNNING');
  const newest = running.reduce<StatusJson | undefined>(
    (best, next) => (best && (best.timestamp ?? 0) >= (next.timestamp ?? 0) ? best : next),
    undefined,
  );
  const labelled = (key: string) =>
    (newest?.labels ?? []).filter(label => label.key === key).map(({ value }) => value ?? '');
  const infos = newest?.container_status?.network_infos ?? [];
  return {
    netinfo: infos.flatMap(({ ip_address, ip_addresses }) =>
      ip_addresses?.length
        ? ip_addresses.map(({ ip_address: own }) => own ?? '')
        : (ip_address ?? []),
    ),
    docker: labelled('Docker.NetworkSettings.IPAddress'),
    mesos: labelled('MesosContainerizer.NetworkSettings.IPAddress'),
  };
}

function hostPorts(text: string): readonly number[] {
  return [...text.matchAll(/(\d+)\s*-\s*(\d+)/g)].flatMap(([, first, last]) =>
    Array.from({ length: Math.max(0, +last - +first + 1) }, (_, offset) => +first + offset),
  );
}

function discoveryOf(json: TaskJson['discovery']): Discovery | undefined {
  if (!json?.name) return undefined;
  const ports = json.ports?.ports ?? [];
  return {
    name: json.name,
    visibility: json.visibility,
    ports: ports.map(({ number, name, protocol, labels, visibility }) => {
      const scope = labels?.labels?.find(({ key }) => key === 'network-scope')?.value;
      return {
        number,
        name,
        protocol,
        scope: scope === 'host' || scope === 'container' ? scope : undefined,
        visibility,
      };
    }),
  };
}
