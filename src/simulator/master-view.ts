import type { AgentEntry, FrameworkEntry, MasterEvent } from './master-event.ts';
import {
  isTerminal,
  type SimulatedAgent,
  type SimulatedFramework,
  type SimulatedTask,
  type TaskStatus,
  withStatus,
} from './model.ts';

/**
 * What a leading master knows: nothing at first, then what agents and frameworks tell it. Changes
 * come out as events in the order in which Mesos sends them.
 */
export class MasterView {
  readonly electedTime: number;
  /** Agents of the registry that have not come back since the election. */
  readonly recovered = new Map<string, SimulatedAgent>();
  readonly agents = new Map<string, AgentEntry>();
  readonly frameworks = new Map<string, FrameworkEntry>();
  readonly completedFrameworks: FrameworkEntry[] = [];
  /** By framework id and task id, joined by a slash. */
  readonly tasks = new Map<string, SimulatedTask>();
  readonly unreachableTasks = new Map<string, SimulatedTask>();
  readonly unreachableAgents = new Set<string>();
  readonly completedTasks: SimulatedTask[] = [];
  /** Whether the registry is read; until then `/state` is empty and v1 refuses. */
  isReady = false;
  readonly #emit: (event: MasterEvent) => void;

  constructor(electedTime: number, emit: (event: MasterEvent) => void) {
    this.electedTime = electedTime;
    this.#emit = emit;
  }

  finishRecovery(registry: Iterable<SimulatedAgent>): void {
    this.isReady = true;
    for (const agent of registry) this.recovered.set(agent.id, agent);
  }

  /** A framework's scheduler registers, or is back: after a failover, or after it was away. */
  registerFramework(framework: SimulatedFramework, now: number, isNew: boolean): void {
    const before = this.frameworks.get(framework.id);
    const entry = {
      framework,
      isConnected: true,
      isRecovered: false,
      registeredTime: before && !before.isRecovered ? before.registeredTime : now,
      reregisteredTime: isNew ? undefined : now,
      unregisteredTime: 0,
    };
    this.frameworks.set(framework.id, entry);
    this.#emit({ type: before ? 'FRAMEWORK_UPDATED' : 'FRAMEWORK_ADDED', framework: entry });
  }

  /** The scheduler's connection is lost: no event, and its tasks run on. */
  disconnectFramework(id: string): void {
    const entry = this.frameworks.get(id);
    if (entry) this.frameworks.set(id, { ...entry, isConnected: false });
  }

  /** The framework is torn down, its tasks with it. */
  removeFramework(id: string, now: number): void {
    const entry = this.frameworks.get(id);
    if (!entry) return;
    const message = `Framework ${id} removed`;
    for (const task of this.#tasksWhere(({ frameworkId }) => frameworkId === id)) {
      this.updateTask(task, fromMaster('TASK_KILLED', now, 'REASON_FRAMEWORK_REMOVED', message));
    }
    this.frameworks.delete(id);
    const gone = { ...entry, isConnected: false, unregisteredTime: now };
    this.completedFrameworks.push(gone);
    this.#emit({ type: 'FRAMEWORK_REMOVED', framework: gone });
  }

  /** An agent registers or comes back with its tasks; `frameworks` are those its tasks belong to. */
  registerAgent(
    agent: SimulatedAgent,
    tasks: readonly SimulatedTask[],
    frameworks: ReadonlyMap<string, SimulatedFramework>,
    now: number,
    isNew: boolean,
  ): void {
    this.recovered.delete(agent.id);
    this.unreachableAgents.delete(agent.id);
    const isKnown = (task: SimulatedTask) => this.frameworks.has(task.frameworkId);
    for (const task of tasks.filter(isKnown)) this.addTask(task);
    const entry = { agent, registeredTime: now, reregisteredTime: isNew ? undefined : now };
    this.agents.set(agent.id, entry);
    this.#emit({ type: 'AGENT_ADDED', agent: entry });
    for (const task of tasks) {
      if (!isKnown(task)) this.#recoverFramework(frameworks.get(task.frameworkId)!);
      if (!this.tasks.has(taskKey(task))) this.addTask(task);
    }
  }

  /** The agent answers no pings. Its tasks are told one by one, the agent itself is not. */
  markUnreachable(agentId: string, now: number): void {
    this.recovered.delete(agentId);
    if (!this.agents.delete(agentId)) return;
    this.unreachableAgents.add(agentId);
    for (const task of this.#tasksWhere(({ agentId: own }) => own === agentId)) {
      const isAware = this.frameworks.get(task.frameworkId)?.framework.isPartitionAware;
      const state = isAware ? 'TASK_UNREACHABLE' : 'TASK_LOST';
      const status = fromMaster(state, now, 'REASON_AGENT_REMOVED', 'health check timed out');
      this.tasks.delete(taskKey(task));
      this.unreachableTasks.set(taskKey(task), withStatus(task, status));
      this.#emitUpdate(task, status);
    }
  }

  /** The agent unregisters gracefully; the one removal of an agent that subscribers hear of. */
  removeAgent(agentId: string, now: number): void {
    const entry = this.agents.get(agentId);
    if (!entry) return;
    const message = `Agent ${entry.agent.hostname} removed: the agent unregistered`;
    for (const task of this.#tasksWhere(({ agentId: own }) => own === agentId)) {
      this.updateTask(task, fromMaster('TASK_LOST', now, 'REASON_AGENT_REMOVED', message));
    }
    this.agents.delete(agentId);
    this.#emit({ type: 'AGENT_REMOVED', agentId });
  }

  addTask(task: SimulatedTask): void {
    this.unreachableTasks.delete(taskKey(task));
    this.#emit({ type: 'TASK_ADDED', task });
    if (isTerminal(task.state)) {
      this.tasks.delete(taskKey(task));
      this.completedTasks.push(task);
    } else this.tasks.set(taskKey(task), task);
  }

  updateTask(task: SimulatedTask, status: TaskStatus): void {
    if (!this.tasks.has(taskKey(task))) return;
    const updated = withStatus(task, status);
    if (isTerminal(status.state)) {
      this.tasks.delete(taskKey(task));
      this.completedTasks.push(updated);
    } else this.tasks.set(taskKey(task), updated);
    this.#emitUpdate(task, status);
  }

  #recoverFramework(framework: SimulatedFramework): void {
    const entry = {
      framework,
      isConnected: false,
      isRecovered: true,
      registeredTime: 0,
      reregisteredTime: undefined,
      unregisteredTime: 0,
    };
    this.frameworks.set(framework.id, entry);
    this.#emit({ type: 'FRAMEWORK_ADDED', framework: entry });
  }

  #emitUpdate({ id, frameworkId, agentId }: SimulatedTask, status: TaskStatus): void {
    this.#emit({
      type: 'TASK_UPDATED',
      frameworkId,
      taskId: id,
      agentId,
      status,
      state: status.state,
    });
  }

  #tasksWhere(isWanted: (task: SimulatedTask) => boolean): SimulatedTask[] {
    return [...this.tasks.values()].filter(isWanted);
  }
}

/** Framework id and task id together: task ids are unique only within a framework. */
export function taskKey({ frameworkId, id }: SimulatedTask): string {
  return `${frameworkId}/${id}`;
}

function fromMaster(state: string, timestamp: number, reason: string, message: string): TaskStatus {
  return { state, timestamp, source: 'SOURCE_MASTER', reason, message };
}
