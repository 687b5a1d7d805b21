import type { Clock, Random } from '../runtime/index.ts';
import type { Fault } from './faults.ts';
import { SimulatedMaster } from './master.ts';
import type { MasterView } from './master-view.ts';
import type { MasterIdentity, SimulatedAgent } from './model.ts';
import type { Credential } from './routes.ts';
import type { Timers, Timings } from './timings.ts';

/** Told at each election: who leads now, and every living master, the leader first. */
export interface Election {
  readonly leader: MasterIdentity | undefined;
  readonly alive: readonly MasterIdentity[];
}

/** What the masters of a cluster are made of. */
export interface MastersOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly timings: Timings;
  readonly count: number;
  readonly hostnames: readonly string[];
  readonly credential: Credential | undefined;
  /** The agents a new leader finds in the registry. */
  readonly registry: () => readonly SimulatedAgent[];
  readonly onElection: (election: Election) => void;
  /** A leader has read its registry, or wakes: agents and frameworks may come. */
  readonly onReady: (view: MasterView) => void;
}

/** The masters of a cluster and their elections. */
export class Masters {
  readonly list: readonly SimulatedMaster[];
  readonly #options: MastersOptions;
  #leader: SimulatedMaster | undefined;
  /** Who was elected last, be it paused or dead by now. */
  #elected: SimulatedMaster | undefined;
  #hasZooKeeper = true;
  #cancelElection = () => {};
  #isClosed = false;

  constructor(options: MastersOptions) {
    const { clock, random, timings, credential } = options;
    this.#options = options;
    this.list = Array.from({ length: options.count }, (_, index) => {
      const hostname = options.hostnames[index];
      const { heartbeatMs } = timings;
      const address = '127.0.0.1';
      return new SimulatedMaster({ clock, random, address, hostname, heartbeatMs, credential });
    });
  }

  get leader(): SimulatedMaster | undefined {
    return this.#leader;
  }

  /** What the leader knows; undefined while there is none, or it reads its registry. */
  get view(): MasterView | undefined {
    const role = this.#leader?.role;
    return role?.kind === 'leading' && role.view.isReady ? role.view : undefined;
  }

  async start(): Promise<void> {
    await Promise.all(this.list.map(master => master.start()));
    this.elect(0, 0);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.list.map(master => master.kill()));
  }

  /** Ends the process of a master, or of the leader; it is started again after `restartMs`. */
  kill(index?: number): Promise<void> {
    return this.#kill(this.#at(index));
  }

  async #kill(master: SimulatedMaster): Promise<void> {
    const wasLeading = master === this.#leader;
    await master.kill();
    if (wasLeading) this.#loseLeader();
    const { timers, timings } = this.#options;
    timers.after(timings.restartMs, () => void this.#restart(master));
  }

  /** Starts a killed master again, as a follower; harmless when it runs. */
  restart(index: number): Promise<void> {
    return this.#restart(this.#at(index));
  }

  async #restart(master: SimulatedMaster): Promise<void> {
    if (this.#isClosed || master.isAlive) return;
    await master.start();
    if (this.#isClosed) return master.kill();
    this.#tellFollowers();
    if (!this.#leader) this.#electLater();
  }

  /** Stops the process as SIGSTOP does; a paused leader loses its session after `electionMs`. */
  pause(index?: number): void {
    const master = this.#at(index);
    master.pause();
    if (master === this.#leader) this.#loseLeader();
  }

  /**
   * A leader that was paused goes on, and is told what it missed; too long, and it finds another one
   * leading, and ends itself.
   */
  async resume(index: number): Promise<void> {
    const master = this.#at(index);
    const { role } = master;
    master.resume();
    if (role.kind !== 'leading') {
      if (!this.#leader) this.#electLater();
    } else if (master === this.#elected && this.#hasZooKeeper) {
      this.#cancelElection();
      this.#leader = master;
      if (role.view.isReady) this.#options.onReady(role.view);
    } else await this.#kill(master);
  }

  /** ZooKeeper is gone: the leader ends itself, nobody leads until it is back. */
  async loseZooKeeper(): Promise<void> {
    this.#hasZooKeeper = false;
    this.#cancelElection();
    const leader = this.#leader;
    this.#leader = undefined;
    if (leader) await this.#kill(leader);
    this.#tellFollowers();
  }

  returnZooKeeper(): void {
    this.#hasZooKeeper = true;
    this.#electLater();
  }

  get hasZooKeeper(): boolean {
    return this.#hasZooKeeper;
  }

  /** Moves the lead to a living follower: the old leader finds out, and ends itself. */
  async move(index: number): Promise<void> {
    const old = this.#leader;
    this.elect(index);
    if (old) await this.#kill(old);
  }

  /** Makes a master the leader at once. One that leads already goes on believing that it does. */
  elect(index: number, registryMs = this.#options.timings.registryMs): void {
    const master = this.list[index];
    const { timers, registry, onReady, onElection } = this.#options;
    this.#cancelElection();
    this.#leader = master;
    this.#elected = master;
    const view = master.lead();
    this.#tellFollowers();
    onElection(this.#election());
    timers.after(registryMs, () => {
      if (master.role.kind !== 'leading' || master.role.view !== view) return;
      view.finishRecovery(registry());
      onReady(view);
    });
  }

  /**
   * The next `times` answers of a master are wrong in this way, or those of every master when none
   * is named; undefined ends it.
   */
  setFault(fault: Fault | undefined, index?: number, times = Infinity): void {
    const broken = index === undefined ? this.list : [this.#at(index)];
    for (const master of broken) master.setFault(fault, times);
  }

  /** Ends the leader's event streams in the middle of a record. */
  cutStreams(): void {
    this.#leader?.streams.cut();
  }

  /** The leader's event streams hear nothing any more, and are not closed. */
  loseStreams(): void {
    this.#leader?.streams.lose();
  }

  #at(index: number | undefined): SimulatedMaster {
    const master = index === undefined ? this.#leader : this.list[index];
    if (!master) throw new Error('Cannot choose a master: none leads now, and none was named');
    return master;
  }

  #election(): Election {
    const alive = this.list.filter(({ isAlive, isPaused }) => isAlive && !isPaused);
    const inOrder = [...alive].sort(
      (a, b) => Number(b === this.#leader) - Number(a === this.#leader),
    );
    return {
      leader: this.#leader?.identity,
      alive: inOrder.map(({ identity }) => identity),
    };
  }

  /** The followers go on redirecting to the lost leader until there is another one. */
  #loseLeader(): void {
    this.#leader = undefined;
    this.#electLater();
  }

  #electLater(): void {
    const { timers, timings, random } = this.#options;
    this.#cancelElection();
    this.#cancelElection = timers.after(timings.electionMs, () => {
      if (this.#isClosed || this.#leader || !this.#hasZooKeeper) return;
      const able = this.list.filter(
        ({ isAlive, isPaused, role }) => isAlive && !isPaused && role.kind !== 'leading',
      );
      if (able.length > 0) this.elect(this.list.indexOf(able[random.below(able.length)]));
    });
  }

  #tellFollowers(): void {
    for (const master of this.list) {
      if (master === this.#leader || master.role.kind === 'leading') continue;
      const leader = this.#leader?.identity;
      if (leader) master.role = { kind: 'following', leader };
      else if (!this.#hasZooKeeper || master.role.kind !== 'following') {
        master.role = { kind: 'leaderless' };
      }
    }
  }
}
