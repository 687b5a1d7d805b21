import type { AgentId, FrameworkId, TaskKey, Touched } from './cluster-state.ts';

/** Gathers what an update touches. */
export class TouchedKeys implements Touched {
  masters = false;
  agents = new Set<AgentId>();
  frameworks = new Set<FrameworkId>();
  tasks = new Set<TaskKey>();

  get isEmpty(): boolean {
    return !this.masters && this.agents.size + this.frameworks.size + this.tasks.size === 0;
  }
}

/** How the values of two maps differ, by the identity of objects. */
export interface Difference<Key> {
  /** Keys that are new, or have another value. */
  readonly changed: Set<Key>;
  /** Keys that only the map before has. */
  readonly missing: readonly Key[];
}

/** Compares two maps; costs one look-up for each value when nothing is missing. */
export function difference<Key, Value>(
  before: ReadonlyMap<Key, Value>,
  after: ReadonlyMap<Key, Value>,
): Difference<Key> {
  const changed = new Set<Key>();
  let kept = 0;
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old !== undefined) kept++;
    if (old !== value) changed.add(key);
  }
  const missing: Key[] = [];
  if (kept === before.size) return { changed, missing };
  for (const key of before.keys()) if (!after.has(key)) missing.push(key);
  return { changed, missing };
}
