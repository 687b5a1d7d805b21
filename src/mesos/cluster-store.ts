import type {
  Agent,
  AgentId,
  ClusterState,
  ClusterUpdate,
  Framework,
  FrameworkId,
  HostPort,
  StateFault,
  Task,
  TaskKey,
} from './cluster-state.ts';
import { isSameHostPort } from './host-port.ts';
import type { Known, MasterState } from './master-state.ts';
import { addChanged, TouchedKeys } from './touched-keys.ts';

/** What a store needs of the world. */
export interface ClusterStoreOptions {
  /** Called at once with each update that touches something. */
  readonly publish: (update: ClusterUpdate) => void;
}

/**
 * The cluster as it is known now. Takes what masters say, as whole states or as events, and publishes
 * what that changes.
 */
export class ClusterStore implements Known {
  readonly #publish: (update: ClusterUpdate) => void;
  #leader: HostPort | undefined;
  #masters: readonly HostPort[] = [];
  #agents = new Map<AgentId, Agent>();
  #frameworks = new Map<FrameworkId, Framework>();
  #tasks = new Map<TaskKey, Task>();
  #hostAddresses: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(options: ClusterStoreOptions) {
    this.#publish = options.publish;
  }

  /** The state published last; undefined before the first. */
  get state(): ClusterState | undefined {
    const leader = this.#leader;
    if (!leader) return undefined;
    const isListed = this.#masters.some(master => isSameHostPort(master, leader));
    return {
      leader,
      masters: isListed ? this.#masters : [...this.#masters, leader],
      agents: this.#agents,
      frameworks: this.#frameworks,
      tasks: this.#tasks,
      hostAddresses: this.#hostAddresses,
    };
  }

  agent = (id: AgentId) => this.#agents.get(id);
  framework = (id: FrameworkId) => this.#frameworks.get(id);
  task = (key: TaskKey) => this.#tasks.get(key);

  /** Takes the whole of what the leading master says. The store owns its maps from now on. */
  replace(state: MasterState): void {
    const isFirst = this.#leader === undefined;
    const touched = new TouchedKeys();
    touched.masters = !isSameHostPort(this.#leader, state.leader.address);
    addChanged(this.#agents, state.agents, touched.agents);
    addChanged(this.#frameworks, state.frameworks, touched.frameworks);
    addChanged(this.#tasks, state.tasks, touched.tasks);
    this.#leader = state.leader.address;
    this.#agents = state.agents;
    this.#frameworks = state.frameworks;
    this.#tasks = state.tasks;
    this.#emit(isFirst ? 'all' : touched, state.faults);
  }

  /** Every master, in a stable order: the configured one, or ZooKeeper's. */
  setMasters(masters: readonly HostPort[]): void {
    const isSame =
      masters.length === this.#masters.length &&
      masters.every((master, index) => isSameHostPort(master, this.#masters[index]));
    if (isSame) return;
    this.#masters = masters;
    const touched = new TouchedKeys();
    touched.masters = true;
    this.#emit(touched);
  }

  /** All that is known of the addresses of host names in pids and masters. */
  setHostAddresses(hostAddresses: ReadonlyMap<string, readonly string[]>): void {
    const before = this.#hostAddresses;
    this.#hostAddresses = hostAddresses;
    const changed = (host: string | undefined) =>
      host !== undefined && !isSameList(before.get(host), hostAddresses.get(host));
    const touched = new TouchedKeys();
    const masters = this.#leader ? [...this.#masters, this.#leader] : this.#masters;
    touched.masters = masters.some(({ host }) => changed(host));
    for (const { id, pid, hostname } of this.#agents.values()) {
      if (changed(pid?.host ?? hostname)) touched.agents.add(id);
    }
    for (const { id, pid, hostname } of this.#frameworks.values()) {
      if (changed(pid?.host ?? hostname)) touched.frameworks.add(id);
    }
    this.#emit(touched);
  }

  #emit(touched: 'all' | TouchedKeys, faults: readonly StateFault[] = []): void {
    const { state } = this;
    if (!state) return;
    if (touched !== 'all') {
      if (touched.isEmpty && faults.length === 0) return;
      touched.spread(this.#tasks);
    }
    this.#publish({ state, touched, faults });
  }
}

function isSameList(one: readonly string[] = [], other: readonly string[] = []): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
