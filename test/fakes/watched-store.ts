import type {
  ClusterState,
  ClusterUpdate,
  Doubt,
  Framework,
  StoreCondition,
  TaskKey,
} from '../../src/mesos/index.ts';
import { ClusterStore, StateReader } from '../../src/mesos/index.ts';
import { type Log, quietLog } from '../../src/runtime/index.ts';
import { SimulatedClock } from './simulated-clock.ts';

/** A store whose every word is kept, with a reader that knows it. */
export class WatchedStore {
  readonly clock: SimulatedClock;
  readonly store: ClusterStore;
  readonly reader: StateReader;
  readonly updates: ClusterUpdate[] = [];
  readonly doubts: Doubt[] = [];
  readonly conditions: StoreCondition[] = [];

  constructor(startMs?: number, log: Log = quietLog()) {
    this.clock = new SimulatedClock(startMs);
    this.store = new ClusterStore({
      clock: this.clock,
      log,
      publish: update => this.updates.push(update),
      onDoubt: doubt => this.doubts.push(doubt),
      onCondition: condition => this.conditions.push(condition),
    });
    this.reader = new StateReader(this.store);
  }

  /** Takes the body of a `/state`. */
  read(body: Buffer): void {
    this.store.replace(this.reader.read(body));
  }

  /** The keys of the tasks that are published now. */
  get tasks(): readonly TaskKey[] {
    return [...(this.store.state?.tasks.keys() ?? [])];
  }
}

/** What a state says of tasks, agents and frameworks, to be compared: the stream tells no pids. */
export function comparable(state: ClusterState | undefined) {
  const bare = (framework: Framework) => ({ ...framework, pid: undefined });
  return {
    agents: new Map(state?.agents),
    frameworks: new Map([...(state?.frameworks ?? [])].map(([id, value]) => [id, bare(value)])),
    tasks: new Map(state?.tasks),
  };
}
