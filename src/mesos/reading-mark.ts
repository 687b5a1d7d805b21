import type { ClusterEvent } from './cluster-event.ts';
import type { AgentId, FrameworkId, TaskKey } from './cluster-state.ts';
import type { ClusterTables } from './cluster-tables.ts';
import type { MasterState } from './master-state.ts';

/**
 * What events have told since a reading began. The master answers somewhere between the request and
 * the body, so for these the events are at least as new as the body.
 */
export class ReadingMark {
  readonly #tasks = new Set<TaskKey>();
  readonly #agents = new Set<AgentId>();
  readonly #frameworks = new Set<FrameworkId>();

  note(event: ClusterEvent): void {
    if (event.kind === 'task-added' || event.kind === 'task-updated') this.#tasks.add(event.key);
    if (event.kind === 'agent-added') this.#agents.add(event.agent.id);
    if (event.kind === 'agent-removed') this.#agents.add(event.id);
    if (event.kind === 'framework-added') this.#frameworks.add(event.framework.id);
    if (event.kind === 'framework-removed') this.#frameworks.add(event.id);
  }

  /** Puts what the events told into the state that was read meanwhile. */
  correct(state: MasterState, tables: ClusterTables): void {
    for (const key of this.#tasks) carry(key, tables.tasks, state.tasks);
    for (const id of this.#agents) carry(id, tables.agents, state.agents);
    for (const id of this.#frameworks) {
      const pid = state.frameworks.get(id)?.pid;
      carry(id, tables.frameworks, state.frameworks);
      const framework = state.frameworks.get(id);
      if (framework && pid) state.frameworks.set(id, { ...framework, pid });
    }
  }
}

function carry<Key, Value>(key: Key, from: ReadonlyMap<Key, Value>, to: Map<Key, Value>): void {
  const value = from.get(key);
  if (value === undefined) to.delete(key);
  else to.set(key, value);
}
