import type { Agent, AgentId, Framework, FrameworkId, Task, TaskKey } from './cluster-state.ts';
import type { Kept, Missing } from './failover-rules.ts';
import { HeldTasks } from './held-tasks.ts';
import type { Known, MasterState } from './master-state.ts';
import { sameAs } from './same-as.ts';
import { type Difference, difference, type TouchedKeys } from './touched-keys.ts';

/**
 * The published maps, and which of their tasks the leader does not list. They change in place; what
 * changes is noted in the `touched` that each change is given.
 */
export class ClusterTables implements Known {
  agents = new Map<AgentId, Agent>();
  frameworks = new Map<FrameworkId, Framework>();
  tasks = new Map<TaskKey, Task>();
  readonly held = new HeldTasks();
  /** Agents the leader waits for; undefined before Mesos 1.2. */
  recoveredAgents: Set<AgentId> | undefined;
  /** The tasks of each agent: made when first asked for, then kept up to date. */
  #byAgent: Map<AgentId, Set<TaskKey>> | undefined;

  agent = (id: AgentId) => this.agents.get(id);
  framework = (id: FrameworkId) => this.frameworks.get(id);
  task = (key: TaskKey) => this.tasks.get(key);

  /**
   * Takes over the maps of `state`.
   *
   * @param keep Decides what stays of that which `state` does not list; it goes behind the rest.
   */
  replace(state: MasterState, keep: (missing: Missing) => Kept, touched: TouchedKeys): Kept {
    const agents = difference(this.agents, state.agents);
    const frameworks = difference(this.frameworks, state.frameworks);
    const tasks = difference(this.tasks, state.tasks);
    const kept = keep({
      agents: agents.missing,
      frameworks: frameworks.missing,
      tasks: tasks.missing,
    });
    touched.agents = settle(agents, kept.agents, this.agents, state.agents);
    touched.frameworks = settle(frameworks, kept.frameworks, this.frameworks, state.frameworks);
    touched.tasks = settle(tasks, kept.tasks, this.tasks, state.tasks);
    this.agents = state.agents;
    this.frameworks = state.frameworks;
    this.tasks = state.tasks;
    this.#byAgent = undefined;
    this.held.replace(kept.tasks);
    this.recoveredAgents = state.recoveredAgents && new Set(state.recoveredAgents);
    return kept;
  }

  setTask(task: Task, touched: TouchedKeys): void {
    this.held.delete(task.key);
    const known = this.tasks.get(task.key);
    const same = sameAs(known, task);
    if (known === same) return;
    this.tasks.set(task.key, same);
    touched.tasks.add(task.key);
    if (known?.agentId === task.agentId || !this.#byAgent) return;
    if (known) this.#byAgent.get(known.agentId)?.delete(task.key);
    addTo(this.#byAgent, task);
  }

  deleteTask(key: TaskKey, touched: TouchedKeys): void {
    const task = this.tasks.get(key);
    if (!task) return;
    this.held.delete(key);
    this.tasks.delete(key);
    this.#byAgent?.get(task.agentId)?.delete(key);
    touched.tasks.add(key);
  }

  /** The keys of the tasks on an agent, as they are now. */
  tasksOfAgent(id: AgentId): readonly TaskKey[] {
    this.#byAgent ??= indexByAgent(this.tasks.values());
    return [...(this.#byAgent.get(id) ?? [])];
  }

  setAgent(agent: Agent, touched: TouchedKeys): void {
    const same = sameAs(this.agents.get(agent.id), agent);
    if (this.agents.get(agent.id) === same) return;
    this.agents.set(agent.id, same);
    touched.agents.add(agent.id);
  }

  /** Takes its tasks with it. */
  deleteAgent(id: AgentId, touched: TouchedKeys): void {
    for (const key of this.tasksOfAgent(id)) this.deleteTask(key, touched);
    if (this.agents.delete(id)) touched.agents.add(id);
  }

  setFramework(framework: Framework, touched: TouchedKeys): void {
    const same = sameAs(this.frameworks.get(framework.id), framework);
    if (this.frameworks.get(framework.id) === same) return;
    this.frameworks.set(framework.id, same);
    touched.frameworks.add(framework.id);
  }

  /** Takes its tasks with it. */
  deleteFramework(id: FrameworkId, touched: TouchedKeys): void {
    for (const { key, frameworkId } of this.tasks.values()) {
      if (frameworkId === id) this.deleteTask(key, touched);
    }
    if (this.frameworks.delete(id)) touched.frameworks.add(id);
  }

  /** Touches the tasks of touched agents and frameworks: their records depend on them. */
  spread(touched: TouchedKeys): void {
    if (touched.frameworks.size > 0) {
      for (const { key, frameworkId } of this.tasks.values()) {
        if (touched.frameworks.has(frameworkId)) touched.tasks.add(key);
      }
    }
    for (const id of touched.agents) {
      for (const key of this.tasksOfAgent(id)) touched.tasks.add(key);
    }
  }
}

function indexByAgent(tasks: Iterable<Task>): Map<AgentId, Set<TaskKey>> {
  const index = new Map<AgentId, Set<TaskKey>>();
  for (const task of tasks) addTo(index, task);
  return index;
}

function addTo(index: Map<AgentId, Set<TaskKey>>, { agentId, key }: Task): void {
  const keys = index.get(agentId);
  if (keys) keys.add(key);
  else index.set(agentId, new Set([key]));
}

/** Puts what is kept into `after`; the rest of the missing is changed as well. */
function settle<Key, Value>(
  { changed, missing }: Difference<Key>,
  kept: ReadonlySet<Key> | ReadonlyMap<Key, unknown>,
  before: ReadonlyMap<Key, Value>,
  after: Map<Key, Value>,
): Set<Key> {
  for (const key of missing) {
    const value = before.get(key);
    if (value === undefined || !kept.has(key)) changed.add(key);
    else after.set(key, value);
  }
  return changed;
}
