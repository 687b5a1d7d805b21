import type {
  Agent,
  AgentId,
  Framework,
  FrameworkId,
  StateFault,
  Task,
  TaskKey,
} from './cluster-state.ts';
import type { RunningStatus } from './decode-status.ts';
import type { MasterState } from './master-state.ts';

/** What an event of the operator API says (Mesos 1.0 to 1.12). */
export type ClusterEvent =
  /** The first of a stream: all that the master knows. */
  | { readonly kind: 'subscribed'; readonly state: MasterState }
  | { readonly kind: 'heartbeat' }
  /** A task, new or known; undefined when it has ended already. */
  | { readonly kind: 'task-added'; readonly key: TaskKey; readonly task: Task | undefined }
  | TaskUpdated
  | { readonly kind: 'agent-added'; readonly agent: Agent }
  | { readonly kind: 'agent-removed'; readonly id: AgentId }
  /** Added or updated. It has no pid. */
  | { readonly kind: 'framework-added'; readonly framework: Framework }
  | { readonly kind: 'framework-removed'; readonly id: FrameworkId }
  /** Parts of the event behind it that could not be used, or a whole one. */
  | { readonly kind: 'faults'; readonly faults: readonly StateFault[] };

/** A change of a task. It has no name: that of TASK_ADDED stays. */
export interface TaskUpdated {
  readonly kind: 'task-updated';
  readonly key: TaskKey;
  /** The newest that its agent knows. */
  readonly state: string;
  /** The state of the status in the event, which may lag behind; empty in Mesos 1.0. */
  readonly statusState: string;
  /** What the status says, if its state is TASK_RUNNING. */
  readonly running: RunningStatus | undefined;
}
