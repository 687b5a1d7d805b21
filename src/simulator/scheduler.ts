import type { Clock, Random } from '../runtime/index.ts';
import { appTask, type Placement, taskNetwork } from './app-task.ts';
import type { Fleet, Instance } from './fleet.ts';
import type { MarathonApp } from './marathon-app.ts';
import type { MasterView } from './master-view.ts';
import {
  type NetworkInfo,
  type SimulatedTask,
  statusUuid,
  type TaskStatus,
  uuid,
  withStatus,
} from './model.ts';
import type { TaskServer } from './task-server.ts';
import type { Timers, Timings } from './timings.ts';

/** What scheduling needs. */
export interface SchedulerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly timings: Timings;
  readonly fleet: Fleet;
  readonly isServed: boolean;
  /** What the leader knows; undefined while nobody leads. */
  readonly view: () => MasterView | undefined;
  /** Called after each change of what runs. */
  readonly onChange: () => void;
}

interface Wanted {
  readonly app: MarathonApp;
  readonly frameworkId: string;
  readonly instances: number;
  /** Where the last instance failed: the next one goes elsewhere. */
  readonly avoided: string | undefined;
}

/**
 * Runs apps as Marathon does: as many instances as wanted, a new one for each that fails or is cut
 * off, and none while no master leads.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #wanted = new Map<string, Wanted>();
  readonly #disconnected = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Sets how many instances are wanted; the promise ends when those that find room are launched. */
  want(app: MarathonApp, frameworkId: string, instances: number): Promise<void> {
    const path = app.path.join('/');
    const before = this.#wanted.get(path);
    // The same app again keeps the object its instances point at.
    const kept = before && JSON.stringify(before.app) === JSON.stringify(app) ? before.app : app;
    this.#wanted.set(path, { app: kept, frameworkId, instances, avoided: undefined });
    return this.reconcile();
  }

  wantedApp(path: string): Wanted | undefined {
    return this.#wanted.get(path);
  }

  get wantedInstances(): number {
    return [...this.#wanted.values()].reduce((sum, { instances }) => sum + instances, 0);
  }

  /** A framework whose scheduler is away starts and ends nothing. */
  setConnected(frameworkId: string, isConnected: boolean): void {
    if (isConnected) this.#disconnected.delete(frameworkId);
    else this.#disconnected.add(frameworkId);
  }

  forget(frameworkId: string): void {
    for (const [path, wanted] of this.#wanted) {
      if (wanted.frameworkId === frameworkId) this.#wanted.delete(path);
    }
  }

  /** Starts and ends instances until there are as many as wanted, one pass after the other. */
  reconcile(): Promise<void> {
    this.#work = this.#work.then(() => this.#reconcileAll());
    return this.#work;
  }

  /** Ends an instance as its executor reports it: finished, failed, killed. */
  finish(instance: Instance, state: string, message: string): Promise<void> {
    const { containerId, networkInfos } = instance.task.statuses.at(-1) ?? {};
    const container = containerId && networkInfos ? { containerId, networkInfos } : {};
    return this.end(instance, this.status(state, { message, ...container }));
  }

  /** Ends an instance with a terminal status, and tells the leader if its agent can. */
  async end(instance: Instance, status: TaskStatus): Promise<void> {
    const { fleet, view, onChange } = this.#options;
    const known = view();
    const before = instance.task;
    const agent = fleet.agents.get(before.agentId);
    fleet.instances.delete(instance);
    fleet.forgetAddress(instance);
    instance.task = withStatus(before, status);
    if (agent?.isConnected && known?.agents.has(agent.agent.id)) known.updateTask(before, status);
    else agent?.untold.push(instance.task);
    await Promise.all(instance.servers.map(server => server.close()));
    const path = instance.app.path.join('/');
    const wanted = this.#wanted.get(path);
    if (wanted) this.#wanted.set(path, { ...wanted, avoided: before.agentId });
    onChange();
  }

  /** A status as the executor of an instance reports it. */
  status(state: string, more: Partial<TaskStatus> = {}): TaskStatus {
    const { clock, random } = this.#options;
    const timestamp = clock.now() / 1000;
    return { state, timestamp, source: 'SOURCE_EXECUTOR', uuid: statusUuid(random), ...more };
  }

  /** Gives an instance a new status, and tells the leader if its agent can. */
  update(instance: Instance, status: TaskStatus): void {
    const { fleet, view, onChange } = this.#options;
    if (!fleet.instances.has(instance)) return;
    const before = instance.task;
    instance.task = withStatus(before, status);
    const known = view();
    const isTold = fleet.agents.get(before.agentId)?.isConnected;
    if (isTold && known?.agents.has(before.agentId)) known.updateTask(before, status);
    onChange();
  }

  async #reconcileAll(): Promise<void> {
    for (const wanted of this.#wanted.values()) {
      const isAway = this.#disconnected.has(wanted.frameworkId);
      if (!isAway && this.#options.view()) await this.#reconcileApp(wanted);
    }
  }

  async #reconcileApp({ app, frameworkId, instances, avoided }: Wanted): Promise<void> {
    const { fleet } = this.#options;
    const running = () => [...fleet.instances].filter(own => own.app === app && !own.isLost);
    while (running().length > instances) {
      await this.finish(
        running().at(-1)!,
        'TASK_KILLED',
        'Command terminated with signal Terminated',
      );
    }
    while (running().length < instances) {
      const agent = fleet.chooseAgent(app, avoided);
      if (!agent) return;
      let says = '';
      const text = this.#options.isServed ? () => says : undefined;
      const { placement, servers } = await fleet.place(app, agent, text);
      // The agent may have gone, or the leader, while ports were looked for.
      if (!this.#options.view() || !fleet.agents.get(agent.id)?.isConnected) {
        await Promise.all(servers.map(server => server.close()));
        return;
      }
      const { name, id } = this.#start(app, frameworkId, placement, servers);
      says = `${name} on ${agent.address}: ${id}`;
    }
  }

  #start(
    app: MarathonApp,
    frameworkId: string,
    placement: Placement,
    servers: readonly TaskServer[],
  ): SimulatedTask {
    const { fleet, random, timers, timings, view, onChange } = this.#options;
    const task = appTask(app, frameworkId, placement, random);
    const instance: Instance = { task, app, placement, isLost: false, servers };
    fleet.instances.add(instance);
    view()?.addTask(task);
    onChange();
    const containerId = uuid(random);
    const starting = onAgent(placement);
    const running = taskNetwork(app, placement);
    const step = (fire: () => void) => timers.after(timings.launchMs, fire);
    step(() => {
      this.update(instance, this.status('TASK_STARTING', onNetwork(containerId, starting)));
      step(() => {
        this.update(instance, this.status('TASK_RUNNING', onNetwork(containerId, running)));
        if (app.healthCheck) step(() => this.setHealth(instance, true));
      });
    });
    return task;
  }

  /** Repeats the newest status with the outcome of a health check. */
  setHealth(instance: Instance, healthy: boolean): void {
    const { containerId, networkInfos } = instance.task.statuses.at(-1) ?? {};
    if (containerId === undefined || networkInfos === undefined) return;
    const reason = 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED';
    this.update(
      instance,
      this.status('TASK_RUNNING', { reason, healthy, containerId, networkInfos }),
    );
  }
}

/** The first status of a task has its agent's address, whatever network it will have. */
function onAgent({ agent }: Placement): NetworkInfo {
  return { addresses: [agent.address], name: undefined, portMappings: [] };
}

function onNetwork(containerId: string, network: NetworkInfo) {
  return { containerId, networkInfos: [network] };
}

/** Whether a task is one that a client could use: running, as far as its agent knows. */
export function isRunning({ state }: SimulatedTask): boolean {
  return state === 'TASK_RUNNING';
}
