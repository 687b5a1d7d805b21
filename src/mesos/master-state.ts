import type {
  Agent,
  AgentId,
  Framework,
  FrameworkId,
  HostPort,
  StateFault,
  Task,
  TaskKey,
} from './cluster-state.ts';

/** A master that leads, and since when. */
export interface Leader {
  /** Where it says it is: the address in its pid. */
  readonly address: HostPort;
  /** A master's id, new with each of its processes; undefined where the source does not tell. */
  readonly id: string | undefined;
  /** Unix seconds by the master's clock; undefined where the source does not tell. */
  readonly electedSeconds: number | undefined;
}

/**
 * All that one master says of its cluster at one moment, from a `/state` or an event SUBSCRIBED. The
 * maps belong to whoever takes the state.
 */
export interface MasterState {
  readonly leader: Leader;
  readonly agents: Map<AgentId, Agent>;
  readonly frameworks: Map<FrameworkId, Framework>;
  /**
   * Live tasks in the master's order, those of frameworks that it does not know (orphans) among
   * them.
   */
  readonly tasks: Map<TaskKey, Task>;
  /** Agents of the registry that have not come back since the election; undefined before Mesos 1.2. */
  readonly recoveredAgents: ReadonlySet<AgentId> | undefined;
  /** Whether a framework without a pid has none; v1 never tells. */
  readonly tellsPids: boolean;
  /** How often the event stream gives a sign of life, in SUBSCRIBED since Mesos 1.5. */
  readonly heartbeatSeconds: number | undefined;
  /** Faults in parts that the reader's body before did not have in the same form. */
  readonly faults: readonly StateFault[];
}

/** What is known already, so that equal things stay the same object. */
export interface Known {
  agent(id: AgentId): Agent | undefined;
  framework(id: FrameworkId): Framework | undefined;
  task(key: TaskKey): Task | undefined;
}

/** Nothing is known. */
export const NOTHING_KNOWN: Known = {
  agent: () => undefined,
  framework: () => undefined,
  task: () => undefined,
};
