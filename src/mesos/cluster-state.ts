import type { HoldReason } from './hold-reason.ts';

/**
 * The cluster as the leading master describes it, in one shape for every Mesos version from 0.19 to
 * 1.12 and for both sources: `/state` and the event stream. Objects are immutable: an agent,
 * framework or task that did not change is the same object as before. The maps are live: they are those
 * of now, and the next update changes them in place (a copy for each event would cost 5 ms at 100,000
 * tasks), so whoever needs an older one copies it.
 */
export interface ClusterState {
  /** The leading master, as it calls itself: the address in its pid. */
  readonly leader: HostPort;
  /** Every master, the leader among them, in a stable order (the configured one, or ZooKeeper's). */
  readonly masters: readonly HostPort[];
  readonly agents: ReadonlyMap<AgentId, Agent>;
  readonly frameworks: ReadonlyMap<FrameworkId, Framework>;
  /** In the order in which the master lists them: frameworks in order, each with its tasks in order. */
  readonly tasks: ReadonlyMap<TaskKey, Task>;
  /** Those of the tasks that the leader does not list, and why they keep their place. */
  readonly heldTasks: ReadonlyMap<TaskKey, HoldReason>;
  /** The addresses of host names found in pids and masters, as far as they are known now. */
  readonly hostAddresses: ReadonlyMap<string, readonly string[]>;
}

/** What changed since the update before; `all` is a first state or one with nothing to compare. */
export interface ClusterUpdate {
  readonly state: ClusterState;
  readonly touched: 'all' | Touched;
  /**
   * Parts of the state that could not be used, each left out alone; those told before are not
   * repeated.
   */
  readonly faults: readonly StateFault[];
}

/** The keys that were added, changed or removed; a removed one is no longer in the state. */
export interface Touched {
  /** The leader, a master, or an address of one of them. */
  readonly masters: boolean;
  readonly agents: ReadonlySet<AgentId>;
  readonly frameworks: ReadonlySet<FrameworkId>;
  /** Also every task of a touched agent or framework, since its records depend on them. */
  readonly tasks: ReadonlySet<TaskKey>;
}

declare const brand: unique symbol;
/** An agent's id, as the master gave it. */
export type AgentId = string & { readonly [brand]: 'AgentId' };
/** A framework's id; one made from its place in the list where an old master sends none. */
export type FrameworkId = string & { readonly [brand]: 'FrameworkId' };
/**
 * Framework id and task id together: task ids are unique only within a framework. Where a state lists
 * an id twice, the later ones end in `#2`, `#3`, … Made by `taskKey` only.
 */
export type TaskKey = string & { readonly [brand]: 'TaskKey' };

/** `host` is an IP address without brackets, or a host name; `port` is 0 to 65535. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** A machine that runs tasks ("slave" in older versions). */
export interface Agent {
  readonly id: AgentId;
  readonly hostname: string;
  /** From the agent's pid, `slave(1)@10.0.0.7:5051`; undefined when that is missing or unusable. */
  readonly pid: HostPort | undefined;
  /** Undefined where the agent was started without a domain, and before Mesos 1.5. */
  readonly faultDomain: FaultDomain | undefined;
  /** Its attributes of type TEXT; of equal names the first counts. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

/** The machines that fail together: a zone of a region, as the operators named them. */
export interface FaultDomain {
  readonly region: string;
  readonly zone: string;
}

/** A scheduler, and all that it runs. */
export interface Framework {
  readonly id: FrameworkId;
  readonly name: string;
  readonly hostname: string;
  /** Missing for schedulers on the HTTP API, and on the event stream. */
  readonly pid: HostPort | undefined;
  readonly isActive: boolean;
  /** Known only from its tasks since a failover: its scheduler has not come back yet (Mesos 1.2). */
  readonly isRecovered: boolean;
  /** All roles it may run tasks in; undefined for `*` alone, which some masters leave out. */
  readonly roles?: readonly string[] | undefined;
}

/** A task that has not ended, as its master lists it. */
export interface Task {
  readonly key: TaskKey;
  readonly id: string;
  readonly name: string;
  readonly frameworkId: FrameworkId;
  readonly agentId: AgentId;
  /** As Mesos spells it, `TASK_RUNNING`; an unknown state stays as it came. */
  readonly state: string;
  /** From the last health check; undefined when the task has none. */
  readonly isHealthy: boolean | undefined;
  /** Candidates by source, from the newest status with state TASK_RUNNING; texts not yet checked. */
  readonly addresses: TaskAddresses;
  /** Host ports of the task's resources, ranges expanded, as listed. */
  readonly hostPorts: readonly number[];
  /** Undefined unless it has a name that is not empty. */
  readonly discovery: Discovery | undefined;
  /** Those of its labels that were asked for, then those of its discovery info; else none. */
  readonly labels: readonly TaskLabel[];
  /** Read only where asked for; else none. */
  readonly portMappings: readonly PortMapping[];
  /** Read only where asked for, from Mesos 1.3 on. */
  readonly role?: string | undefined;
}

/** A label of a task or of its discovery info. */
export interface TaskLabel {
  readonly key: string;
  readonly value: string;
}

/** A port of the agent that leads to one of the task's container: on a bridge, or by NAT. */
export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  /** As it came, mostly `tcp` or `udp`; undefined when it does not say. */
  readonly protocol: string | undefined;
}

/** What of a task is read only where something asks for it: nearly nobody needs all of it. */
export interface TaskDetails {
  /** The keys of labels. */
  readonly labels: ReadonlySet<string>;
  readonly portMappings: boolean;
  readonly roles?: boolean;
}

/** Texts of addresses a task says it has, by the source that `IPSources` names. */
export interface TaskAddresses {
  readonly netinfo: readonly string[];
  readonly docker: readonly string[];
  readonly mesos: readonly string[];
}

/** Mesos's DiscoveryInfo, the part that names are made of. */
export interface Discovery {
  readonly name: string;
  readonly ports: readonly DiscoveryPort[];
  /** Undefined when it does not say, which Mesos does not allow. */
  readonly visibility?: Visibility | undefined;
}

/** Who is to find a task: its framework alone, the cluster, or everybody. */
export type Visibility = (typeof VISIBILITIES)[number];
/** From the narrowest to the widest. */
export const VISIBILITIES = ['FRAMEWORK', 'CLUSTER', 'EXTERNAL'] as const;

/** A port of a task's DiscoveryInfo. */
export interface DiscoveryPort {
  readonly number: number;
  readonly name: string | undefined;
  readonly protocol: string | undefined;
  /** The label `network-scope`: whose address the port belongs to; undefined when it does not say. */
  readonly scope: 'host' | 'container' | undefined;
  /** Its own; undefined for that of the task. */
  readonly visibility?: Visibility | undefined;
}

/**
 * Why a part of a state is left out: a closed set, for counting.
 *
 * `agent`, `framework`, `task`: no object, or a field of the wrong type; `agent-id`: an agent without
 * one; `agent-pid`, `framework-pid`: a pid without a usable host and port; `list`: something else
 * where a list belongs; `status`: a status or address of the wrong form; `label`, `port-mapping`: labels
 * or port mappings of the wrong form, where they are asked for; `discovery`,
 * `discovery-port`: discovery info of the wrong form; `port-range`: text that is no range of ports;
 * `port-limit`: more host ports than are read; `event`: an event without what it must carry;
 * `event-type`: an event nobody told us of.
 */
export type StateFaultCause =
  | 'agent'
  | 'agent-id'
  | 'agent-pid'
  | 'framework'
  | 'framework-pid'
  | 'task'
  | 'list'
  | 'status'
  | 'label'
  | 'port-mapping'
  | 'discovery'
  | 'discovery-port'
  | 'port-range'
  | 'port-limit'
  | 'event'
  | 'event-type';

/** A part of a state that could not be used. */
export interface StateFault {
  readonly cause: StateFaultCause;
  /** Where it stands and what was found, for the log; holds octets from the cluster. */
  readonly where: string;
}

/** The key of a task; framework ids hold no slash (Mesos forbids it). */
export function taskKey(frameworkId: FrameworkId, taskId: string): TaskKey {
  return `${frameworkId}/${taskId}` as TaskKey;
}
