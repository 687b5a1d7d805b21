import type { Clock, Log } from '../runtime/index.ts';
import { applyEvent, type Doubt } from './apply-event.ts';
import type { ClusterEvent } from './cluster-event.ts';
import type {
  AgentId,
  ClusterState,
  ClusterUpdate,
  FrameworkId,
  HostPort,
  StateFault,
  TaskKey,
} from './cluster-state.ts';
import { ClusterTables } from './cluster-tables.ts';
import { keepThroughFailover, type Missing } from './failover-rules.ts';
import { isSameHostPort } from './host-port.ts';
import { touchHosts } from './host-touch.ts';
import { checkIsNotOlder, type LeaderRecord, recordLeader } from './leader-record.ts';
import type { Known, MasterState } from './master-state.ts';
import { ReadingMark } from './reading-mark.ts';
import { sameAs } from './same-as.ts';
import {
  CALM,
  isLeaderRecovering,
  isSameCondition,
  logChanges,
  type StoreCondition,
} from './store-condition.ts';
import { TouchedKeys } from './touched-keys.ts';

/** What a store needs of the world. All calls come at once, from within the store's own methods. */
export interface ClusterStoreOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Takes each update that touches something or has faults to tell. */
  readonly publish: (update: ClusterUpdate) => void;
  /** Told when the whole state should be read again soon; may come often, so gather them. */
  readonly onDoubt: (doubt: Doubt) => void;
  /** Told each change of the condition, after the update that goes with it. */
  readonly onCondition: (condition: StoreCondition) => void;
}

/**
 * The cluster as it is known now. Takes what masters say, as whole states or as events, keeps what a
 * failover would make them forget (DESIGN 6), and publishes what changes.
 */
export class ClusterStore implements Known {
  readonly #options: ClusterStoreOptions;
  readonly #tables = new ClusterTables();
  #leader: LeaderRecord | undefined;
  #leaderAddress: HostPort | undefined;
  #masters: readonly HostPort[] = [];
  #hostAddresses: ReadonlyMap<string, readonly string[]> = new Map();
  #condition = CALM;
  #mark: ReadingMark | undefined;

  constructor(options: ClusterStoreOptions) {
    this.#options = options;
  }

  /** The state published last; undefined before the first. */
  get state(): ClusterState | undefined {
    const leader = this.#leaderAddress;
    if (!leader) return undefined;
    const isListed = this.#masters.some(master => isSameHostPort(master, leader));
    const { agents, frameworks, tasks, held } = this.#tables;
    return {
      leader,
      masters: isListed ? this.#masters : [...this.#masters, leader],
      agents,
      frameworks,
      tasks,
      heldTasks: held.reasons,
      hostAddresses: this.#hostAddresses,
    };
  }

  get condition(): StoreCondition {
    return this.#condition;
  }

  agent = (id: AgentId) => this.#tables.agent(id);
  framework = (id: FrameworkId) => this.#tables.framework(id);
  task = (key: TaskKey) => this.#tables.task(key);

  /** Call it before `/state` is asked for while events come in; `replace` wants the mark back. */
  markReading(): ReadingMark {
    this.#mark = new ReadingMark();
    return this.#mark;
  }

  /**
   * Takes the whole of what the leading master says. The maps of `state` are the store's from now on.
   *
   * @param mark From `markReading`; what events have told since then counts for more than `state`. A
   * state with a mark that another reading or subscription has overtaken is passed over.
   * @throws {StateError} `older-leader`
   */
  replace(state: MasterState, mark?: ReadingMark): void {
    if (mark && mark !== this.#mark) return;
    const now = { monotonicMs: this.#options.clock.monotonic(), wallMs: this.#options.clock.now() };
    if (this.#leader) checkIsNotOlder(this.#leader, state.leader, now.monotonicMs);
    const isFirst = this.#leaderAddress === undefined;
    mark?.correct(state, this.#tables);
    this.#mark = undefined;
    const leader = recordLeader(this.#leader, state, !isFirst, now);
    this.#keepPids(state);
    const touched = new TouchedKeys();
    touched.masters = !isSameHostPort(this.#leaderAddress, state.leader.address);
    const keep = (missing: Missing) =>
      keepThroughFailover(this.#tables, missing, state, leader, now.monotonicMs);
    const kept = this.#tables.replace(state, keep, touched);
    this.#leader = { ...leader, loss: kept.loss };
    this.#leaderAddress = state.leader.address;
    this.#emit(isFirst ? 'all' : touched, state.faults);
    this.#settle(isFirst || this.#condition.isRecovering);
    if (kept.loss) this.#options.onDoubt('loss');
  }

  /** Takes events of the stream, in their order, and publishes what they change together. */
  apply(events: readonly ClusterEvent[]): void {
    let touched = new TouchedKeys();
    const faults: StateFault[] = [];
    for (const event of events) {
      if (event.kind === 'subscribed') {
        this.#emit(touched, faults.splice(0));
        touched = new TouchedKeys();
        this.replace(event.state);
        continue;
      }
      if (event.kind === 'faults') faults.push(...event.faults);
      const doubt = applyEvent(event, this.#tables, touched);
      this.#mark?.note(event);
      if (doubt) this.#options.onDoubt(doubt);
    }
    if (this.#leader) {
      this.#leader = { ...this.#leader, heardMs: this.#options.clock.monotonic() };
    }
    this.#emit(touched, faults);
    this.#settle(this.#condition.isRecovering);
  }

  /** Begins with a state from the disk. What a master says first is judged by it. */
  restore(state: ClusterState): void {
    this.#leaderAddress = state.leader;
    this.#tables.agents = new Map(state.agents);
    this.#tables.frameworks = new Map(state.frameworks);
    this.#tables.tasks = new Map(state.tasks);
    this.#masters = state.masters;
    this.#hostAddresses = state.hostAddresses;
    this.#emit('all');
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
    const { state } = this;
    if (state) this.#emit(touchHosts(before, state));
  }

  /** A scheduler that has not come back since a failover has no pid; nor has any in v1. */
  #keepPids(state: MasterState): void {
    for (const [id, framework] of state.frameworks) {
      const known = this.#tables.framework(id);
      if (framework.pid || !known?.pid || (state.tellsPids && !framework.isRecovered)) continue;
      state.frameworks.set(id, sameAs(known, { ...framework, pid: known.pid }));
    }
  }

  #emit(touched: 'all' | TouchedKeys, faults: readonly StateFault[] = []): void {
    const { state } = this;
    if (!state) return;
    if (touched !== 'all') {
      if (touched.isEmpty && faults.length === 0) return;
      this.#tables.spread(touched);
    }
    this.#options.publish({ state, touched, faults });
  }

  /** @param mayRecover Whether this is the beginning, or a recovery that was seen from there. */
  #settle(mayRecover: boolean): void {
    const nowMs = this.#options.clock.monotonic();
    const isRecovering =
      mayRecover &&
      this.#leader !== undefined &&
      isLeaderRecovering(this.#tables, this.#leader, nowMs);
    const before = this.#condition;
    const after: StoreCondition = { isRecovering, heldTasks: this.#tables.held.counts };
    if (isSameCondition(before, after)) return;
    this.#condition = after;
    logChanges(this.#options.log, before, after);
    this.#options.onCondition(after);
  }
}
