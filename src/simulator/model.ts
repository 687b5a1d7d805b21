import type { Random } from '../runtime/index.ts';

/** JSON as it is sent; a property that is undefined is left out. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
/** An object of it. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** A master as it calls itself; `id` is new with each start of its process. */
export interface MasterIdentity {
  readonly id: string;
  readonly hostname: string;
  readonly address: string;
  readonly port: number;
  /** Unix time in seconds. */
  readonly startTime: number;
}

/** An agent as it calls itself. */
export interface SimulatedAgent {
  readonly id: string;
  readonly hostname: string;
  readonly address: string;
  readonly port: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly faultDomain: { readonly region: string; readonly zone: string };
}

/** A framework as it calls itself. */
export interface SimulatedFramework {
  readonly id: string;
  readonly name: string;
  /** Only schedulers on the old driver have one, `scheduler-UUID@10.0.0.1:35373`. */
  readonly pid: string | undefined;
  readonly hostname: string;
  readonly webuiUrl: string;
  /** Says what its tasks become with a lost agent: TASK_UNREACHABLE, or else TASK_LOST. */
  readonly isPartitionAware: boolean;
}

/** A label of a task or of its status. */
export interface Label {
  readonly key: string;
  readonly value: string;
}

/** One entry of a status's `network_infos`. */
export interface NetworkInfo {
  readonly addresses: readonly string[];
  readonly name: string | undefined;
  readonly portMappings: readonly PortMapping[];
}

/** A port of a container, and the one of its agent that leads to it. */
export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
}

/** One status update of a task. */
export interface TaskStatus {
  readonly state: string;
  /** Unix time in seconds, with fractions. */
  readonly timestamp: number;
  readonly source: 'SOURCE_EXECUTOR' | 'SOURCE_AGENT' | 'SOURCE_MASTER';
  readonly reason?: string;
  readonly message?: string;
  readonly healthy?: boolean;
  /** Base64 of 16 octets. */
  readonly uuid?: string;
  readonly containerId?: string;
  readonly networkInfos?: readonly NetworkInfo[];
  readonly labels?: readonly Label[];
}

/** What a task takes of its agent. */
export interface TaskResources {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  /** Host ports. */
  readonly ports: readonly number[];
}

/** A task, with all that was ever reported of it. */
export interface SimulatedTask {
  readonly id: string;
  readonly name: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly state: string;
  /** Oldest first; a state stands here once. */
  readonly statuses: readonly TaskStatus[];
  readonly resources: TaskResources;
  readonly labels: readonly Label[];
  /** In the protobuf's JSON, which `/state` and v1 have in common. */
  readonly discovery: JsonObject | undefined;
  readonly container: JsonObject | undefined;
  readonly healthCheck: JsonObject | undefined;
}

const TERMINAL_STATES: ReadonlySet<string> = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_LOST',
  'TASK_ERROR',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

/** Says whether a task in this state will never run again. */
export function isTerminal(state: string): boolean {
  return TERMINAL_STATES.has(state);
}

/** The task with a newer status; one of the same state takes the place of the last, as in a master. */
export function withStatus(task: SimulatedTask, status: TaskStatus): SimulatedTask {
  const last = task.statuses.at(-1);
  const older = last?.state === status.state ? task.statuses.slice(0, -1) : task.statuses;
  return { ...task, state: status.state, statuses: [...older, status] };
}

/** A random UUID (version 4, RFC 9562). */
export function uuid(random: Random): string {
  const hex = randomOctets(random).toString('hex');
  const variant = (8 + (Number.parseInt(hex[16], 16) & 3)).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
  return [...parts, variant + hex.slice(17, 20), hex.slice(20)].join('-');
}

/** A status's uuid as JSON has it: base64 of 16 random octets. */
export function statusUuid(random: Random): string {
  return randomOctets(random).toString('base64');
}

/** Shuffles a copy, every order equally likely. */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

function randomOctets(random: Random): Buffer {
  const octets = Buffer.alloc(16);
  for (let at = 0; at < 16; at += 4) octets.writeUInt32BE(random.uint32(), at);
  return octets;
}
