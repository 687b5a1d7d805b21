import type { AgentId, FrameworkId, TaskKey, Touched } from './cluster-state.ts';

/** Gathers what an update touches. */
export class TouchedKeys implements Touched {
  masters = false;
  readonly agents = new Set<AgentId>();
  readonly frameworks = new Set<FrameworkId>();
  readonly tasks = new Set<TaskKey>();

  get isEmpty(): boolean {
    return !this.masters && this.agents.size + this.frameworks.size + this.tasks.size === 0;
  }
}

/** Adds to `changed` the keys whose value is not the same object in both maps. */
export function addChanged<Key, Value>(
  before: ReadonlyMap<Key, Value>,
  after: ReadonlyMap<Key, Value>,
  changed: Set<Key>,
): void {
  let kept = 0;
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old !== undefined) kept++;
    if (old !== value) changed.add(key);
  }
  if (kept === before.size) return;
  for (const key of before.keys()) if (!after.has(key)) changed.add(key);
}
