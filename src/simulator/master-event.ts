import type { SimulatedAgent, SimulatedFramework, SimulatedTask, TaskStatus } from './model.ts';

/** An agent, as a master lists it. */
export interface AgentEntry {
  readonly agent: SimulatedAgent;
  /** Unix time in seconds, like every time here. */
  readonly registeredTime: number;
  readonly reregisteredTime: number | undefined;
}

/** A framework, as a master lists it. */
export interface FrameworkEntry {
  readonly framework: SimulatedFramework;
  readonly isConnected: boolean;
  /** Known from its tasks only: its scheduler has not come back since the election. */
  readonly isRecovered: boolean;
  readonly registeredTime: number;
  readonly reregisteredTime: number | undefined;
  readonly unregisteredTime: number;
}

/** What a master tells its subscribers, in the words of the v1 operator API. */
export type MasterEvent =
  | { readonly type: 'TASK_ADDED'; readonly task: SimulatedTask }
  | {
      readonly type: 'TASK_UPDATED';
      readonly frameworkId: string;
      readonly taskId: string;
      readonly agentId: string;
      readonly status: TaskStatus;
      /** The newest state the agent knows; ahead of the status's under load. */
      readonly state: string;
    }
  | { readonly type: 'AGENT_ADDED'; readonly agent: AgentEntry }
  | { readonly type: 'AGENT_REMOVED'; readonly agentId: string }
  | { readonly type: 'FRAMEWORK_ADDED'; readonly framework: FrameworkEntry }
  | { readonly type: 'FRAMEWORK_UPDATED'; readonly framework: FrameworkEntry }
  | { readonly type: 'FRAMEWORK_REMOVED'; readonly framework: FrameworkEntry };
