import type { Clock, Random } from '../runtime/index.ts';
import type { Fleet, FleetAgent } from './fleet.ts';
import { type MasterView, taskKey } from './master-view.ts';
import { type SimulatedFramework, shuffled } from './model.ts';
import type { Scheduler } from './scheduler.ts';
import type { Timers, Timings } from './timings.ts';

/** What registering needs. */
export interface RegistrarOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly timings: Timings;
  readonly fleet: Fleet;
  readonly scheduler: Scheduler;
  readonly idPrefix: string;
  readonly view: () => MasterView | undefined;
  readonly onChange: () => void;
}

/** Brings agents and frameworks to the leader: at first, after an election, after an absence. */
export class Registrar {
  readonly frameworks = new Map<string, SimulatedFramework>();
  readonly #away = new Set<string>();
  readonly #options: RegistrarOptions;

  constructor(options: RegistrarOptions) {
    this.#options = options;
  }

  /**
   * A leader can be registered with, a new one or one that was paused: all that it does not know
   * come, each at its own moment, in random order.
   */
  comeBack(view: MasterView): void {
    const { fleet, random, timers, timings } = this.#options;
    const isMissed = (id: string) => !view.frameworks.get(id)?.isConnected;
    const comers = [
      ...[...this.frameworks.keys()]
        .filter(isMissed)
        .map(id => () => this.registerFramework(id, view)),
      ...[...fleet.agents.values()].map(entry => () => this.#meet(entry, view)),
    ];
    const { reregisterMs } = timings;
    const delay = () => (reregisterMs === Infinity ? Infinity : random.below(reregisterMs + 1));
    for (const come of shuffled(comers, random)) {
      timers.after(delay(), come);
    }
  }

  /** An agent tells the leader what it does not know of it, if both are still there. */
  #meet(entry: FleetAgent, view: MasterView): void {
    const { id } = entry.agent;
    const isThere = entry.isConnected && view === this.#options.view();
    if (!view.agents.has(id)) this.registerAgent(id, view);
    else if (isThere) this.#catchUp(entry, view);
    else if (!entry.isConnected) this.#missPings(id);
  }

  /** Registers an agent with `view`, if that is what the leader still knows and neither is away. */
  registerAgent(id: string, view = this.#options.view()): void {
    const { fleet, scheduler, onChange, clock } = this.#options;
    const entry = fleet.agents.get(id);
    if (!entry?.isConnected || !view || view !== this.#options.view()) return;
    const isNew = !view.recovered.has(id) && !view.unreachableAgents.has(id);
    const running = fleet.instancesOn(id).map(({ task }) => task);
    const tasks = [...running, ...entry.untold.splice(0)];
    view.registerAgent(entry.agent, tasks, this.frameworks, clock.now() / 1000, isNew);
    onChange();
    void scheduler.reconcile();
  }

  addFramework(name: string, pid: string | undefined): void {
    const number = String(this.frameworks.size).padStart(4, '0');
    const id = `${this.#options.idPrefix}-${number}`;
    const address = { hostname: '127.0.0.1', webuiUrl: 'http://127.0.0.1:8080' };
    const isPartitionAware = name === 'marathon';
    this.frameworks.set(id, { id, name, pid, ...address, isPartitionAware });
    this.registerFramework(id);
  }

  registerFramework(id: string, view = this.#options.view()): void {
    const { clock, onChange, scheduler } = this.#options;
    const framework = this.frameworks.get(id);
    if (!framework || this.#away.has(id) || !view || view !== this.#options.view()) return;
    const isNew = !view.frameworks.has(id) && view.recovered.size === 0 && view.agents.size === 0;
    view.registerFramework(framework, clock.now() / 1000, isNew);
    onChange();
    void scheduler.reconcile();
  }

  frameworkId(name: string | undefined): string {
    const all = [...this.frameworks.values()];
    const found = name === undefined ? all[0] : all.find(framework => framework.name === name);
    if (!found) throw new Error(`Cannot find framework ${name ?? ''}: none of that name was added`);
    return found.id;
  }

  /** The scheduler's connection is lost, or is there again. Its tasks run on. */
  async setFrameworkConnected(id: string, isConnected: boolean): Promise<void> {
    const { scheduler, view } = this.#options;
    scheduler.setConnected(id, isConnected);
    if (isConnected) {
      this.#away.delete(id);
      this.registerFramework(id);
      return scheduler.reconcile();
    }
    this.#away.add(id);
    view()?.disconnectFramework(id);
  }

  /** Tears a framework down with all its tasks. */
  async removeFramework(id: string): Promise<void> {
    const { fleet, scheduler, view, clock } = this.#options;
    scheduler.forget(id);
    view()?.removeFramework(id, clock.now() / 1000);
    this.frameworks.delete(id);
    const own = [...fleet.instances].filter(({ task }) => task.frameworkId === id);
    for (const instance of own) await scheduler.end(instance, scheduler.status('TASK_KILLED'));
  }

  async loseAgent(id: string, tasks: 'die' | 'run on'): Promise<void> {
    const { fleet, scheduler, onChange } = this.#options;
    const entry = this.#agent(id);
    entry.isConnected = false;
    if (tasks === 'die') {
      const status = scheduler.status('TASK_LOST', { source: 'SOURCE_AGENT' });
      for (const instance of fleet.instancesOn(id)) await scheduler.end(instance, status);
    }
    onChange();
    this.#missPings(id);
    await scheduler.reconcile();
  }

  async returnAgent(id: string): Promise<void> {
    const { fleet, scheduler, view } = this.#options;
    const entry = this.#agent(id);
    if (entry.isConnected) return;
    entry.isConnected = true;
    for (const instance of fleet.instancesOn(id)) instance.isLost = false;
    const known = view();
    if (known && !known.agents.has(id)) this.registerAgent(id);
    else if (known) this.#catchUp(entry, known);
    await scheduler.reconcile();
  }

  /** The agent unregisters gracefully and takes its tasks with it. */
  async removeAgent(id: string): Promise<void> {
    const { fleet, scheduler, view, clock } = this.#options;
    const entry = this.#agent(id);
    view()?.removeAgent(id, clock.now() / 1000);
    entry.isConnected = false;
    const status = scheduler.status('TASK_LOST');
    for (const instance of fleet.instancesOn(id)) await scheduler.end(instance, status);
    fleet.agents.delete(id);
    await scheduler.reconcile();
  }

  /** Known to the leader as ever: only what has changed meanwhile is told. */
  #catchUp({ agent, untold }: FleetAgent, view: MasterView): void {
    const running = this.#options.fleet.instancesOn(agent.id).map(({ task }) => task);
    for (const task of [...untold.splice(0), ...running]) {
      const known = view.tasks.get(taskKey(task));
      const status = task.statuses.at(-1);
      if (known && status && known.statuses.at(-1) !== status) view.updateTask(known, status);
    }
    this.#options.onChange();
    void this.#options.scheduler.reconcile();
  }

  #missPings(id: string): void {
    const { timers, timings } = this.#options;
    timers.after(timings.unreachableMs, () => this.#markUnreachable(id));
  }

  #markUnreachable(id: string): void {
    const { fleet, scheduler, view, clock, onChange } = this.#options;
    if (fleet.agents.get(id)?.isConnected) return;
    for (const instance of fleet.instancesOn(id)) instance.isLost = true;
    view()?.markUnreachable(id, clock.now() / 1000);
    onChange();
    void scheduler.reconcile();
  }

  #agent(id: string): FleetAgent {
    const entry = this.#options.fleet.agents.get(id);
    if (!entry) throw new Error(`Cannot find agent ${id}: none of that id was added`);
    return entry;
  }
}
