import type {
  Agent,
  ClusterState,
  Discovery,
  DiscoveryPort,
  Framework,
  HostPort,
  PortMapping,
  Task,
} from './cluster-state.ts';

/** Counts up when the lines change their form; files of another version are not read. */
export const STATE_FILE_VERSION = 1;

const FORMAT = 'mesonym-state';
/** Of files from before a field was kept; shared, for there are many tasks. */
const NONE: readonly never[] = [];

/** The first line of a state file. */
export interface HeaderFacts {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly savedMs: number;
  readonly serial?: number;
  readonly leader: HostPort;
  readonly masters: readonly HostPort[];
  readonly hostAddresses: readonly (readonly [string, readonly string[]])[];
  /** How many lines follow, in this order. */
  readonly agents: number;
  readonly frameworks: number;
  readonly tasks: number;
}

/** The first line of a file that holds `state`. */
export function headerLine(
  state: ClusterState,
  savedMs: number,
  serial: number | undefined,
): HeaderFacts {
  return {
    format: FORMAT,
    version: STATE_FILE_VERSION,
    savedMs,
    ...(serial === undefined ? {} : { serial }),
    leader: state.leader,
    masters: state.masters,
    hostAddresses: [...state.hostAddresses],
    agents: state.agents.size,
    frameworks: state.frameworks.size,
    tasks: state.tasks.size,
  };
}

/** Says whether a first line is one of ours, of whatever version. */
export function isHeader(json: unknown): json is HeaderFacts {
  return typeof json === 'object' && json !== null && 'format' in json && json.format === FORMAT;
}

/** JSON leaves out fields that are undefined; equal things must have them all the same. */
export function reviveAgent(json: unknown): Agent {
  const { id, hostname, pid, faultDomain } = json as Agent;
  // Files written before attributes were kept have none.
  const { attributes = [] } = json as Partial<Agent>;
  return { id, hostname, pid, faultDomain, attributes };
}

/** The same for a framework. */
export function reviveFramework(json: unknown): Framework {
  const { id, name, hostname, pid, isActive, isRecovered, roles } = json as Framework;
  return { id, name, hostname, pid, isActive, isRecovered, roles };
}

/** The same for a task. */
export function reviveTask(json: unknown): Task {
  const { key, id, name, frameworkId, agentId, state, addresses, isHealthy } = json as Task;
  const { hostPorts, discovery, labels, portMappings, role } = json as Task;
  return {
    key,
    id,
    name,
    frameworkId,
    agentId,
    state,
    addresses,
    isHealthy,
    hostPorts,
    discovery: discovery && reviveDiscovery(discovery),
    labels: labels ?? NONE,
    portMappings: (portMappings ?? NONE).map(reviveMapping),
    role,
  };
}

function reviveMapping({ hostPort, containerPort, protocol }: PortMapping): PortMapping {
  return { hostPort, containerPort, protocol };
}

function reviveDiscovery({ name, ports, visibility }: Discovery): Discovery {
  return { name, ports: ports.map(revivePort), visibility };
}

function revivePort(port: DiscoveryPort): DiscoveryPort {
  const { number, name, protocol, scope, visibility } = port;
  return { number, name, protocol, scope, visibility };
}
