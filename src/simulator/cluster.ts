import type { Clock, Random } from '../runtime/index.ts';
import { Fleet, type Instance } from './fleet.ts';
import { type MarathonAppJson, readMarathonApp } from './marathon-app.ts';
import type { MasterView } from './master-view.ts';
import { type Election, Masters } from './masters.ts';
import { type JsonObject, uuid } from './model.ts';
import { Registrar } from './registrar.ts';
import type { Credential } from './routes.ts';
import { type RunningTask, runningTask } from './running-task.ts';
import { isRunning, Scheduler } from './scheduler.ts';
import { INSTANT_TIMINGS, Timers, type Timings } from './timings.ts';
import { stateJson } from './v0-json.ts';

/** What the cluster is made of. */
export interface ClusterOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How many masters; 3 when missing. */
  readonly masters?: number;
  /** How many agents, at 127.0.1.1 and up; 3 when missing. */
  readonly agents?: number;
  /** Names of frameworks; the first launches apps unless another is named. */
  readonly frameworks?: readonly string[];
  /** Over `INSTANT_TIMINGS`. */
  readonly timings?: Partial<Timings>;
  /** What the masters call themselves in redirects; missing means their address. */
  readonly hostnames?: readonly string[];
  /** Basic authentication that the masters ask for. */
  readonly credential?: Credential;
  /** Each task becomes a small HTTP server, and all networks lie on loopback. */
  readonly serveTasks?: boolean;
  /** Told at each election; the hook for a registration in ZooKeeper. */
  readonly onElection?: (election: Election) => void;
}

/** Starts a small Mesos cluster inside this process. */
export async function startCluster(options: ClusterOptions): Promise<SimulatedCluster> {
  const cluster = new SimulatedCluster(options);
  await cluster.start(options);
  return cluster;
}

/** Masters, agents, frameworks, and a scheduler that works like Marathon. */
export class SimulatedCluster {
  readonly masters: Masters;
  readonly #fleet: Fleet;
  readonly #scheduler: Scheduler;
  readonly #registrar: Registrar;
  readonly #timers: Timers;
  readonly #idPrefix: string;
  #watchers: (() => void)[] = [];

  constructor({ clock, random, serveTasks = false, ...options }: ClusterOptions) {
    this.#idPrefix = uuid(random);
    this.#timers = new Timers(clock);
    this.#fleet = new Fleet(random, serveTasks);
    const common = {
      clock,
      random,
      timers: this.#timers,
      timings: { ...INSTANT_TIMINGS, ...options.timings },
      fleet: this.#fleet,
      view: () => this.masters.view,
      onChange: () => this.#changed(),
    };
    this.#scheduler = new Scheduler({ ...common, isServed: serveTasks });
    const scheduler = this.#scheduler;
    this.#registrar = new Registrar({ ...common, scheduler, idPrefix: this.#idPrefix });
    this.masters = new Masters({
      ...common,
      count: options.masters ?? 3,
      hostnames: options.hostnames ?? [],
      credential: options.credential,
      registry: () => [...this.#fleet.agents.values()].map(({ agent }) => agent),
      onElection: election => options.onElection?.(election),
      onReady: view => this.#registrar.comeBack(view),
    });
  }

  /** Called by `startCluster`. */
  async start({ frameworks = ['marathon'], agents = 3 }: ClusterOptions): Promise<void> {
    await this.masters.start();
    for (const name of frameworks) this.addFramework(name);
    for (let count = 0; count < agents; count++) this.addAgent();
  }

  async close(): Promise<void> {
    this.#timers.close();
    await this.masters.close();
    await this.#scheduler.reconcile();
    const servers = [...this.#fleet.instances].flatMap(instance => instance.servers);
    await Promise.all(servers.map(server => server.close()));
  }

  /** `127.0.0.1:PORT` of every master, in a fixed order. */
  get addresses(): readonly string[] {
    return this.masters.list.map(({ identity: { address, port } }) => `${address}:${port}`);
  }

  get agentIds(): readonly string[] {
    return [...this.#fleet.agents.keys()];
  }

  isConnected(agentId: string): boolean {
    return this.#fleet.agents.get(agentId)?.isConnected ?? false;
  }

  /** Tasks that run on an agent that is there: those a client must find at any moment. */
  get running(): readonly RunningTask[] {
    return [...this.#fleet.instances]
      .filter(({ task }) => isRunning(task) && this.#fleet.agents.get(task.agentId)?.isConnected)
      .map(instance => runningTask(instance, this.#registrar.frameworks));
  }

  /** Whether the leader knows all there is, and all that is wanted and finds room runs. */
  get isSettled(): boolean {
    const view = this.masters.view;
    const agents = [...this.#fleet.agents.values()].filter(({ isConnected }) => isConnected);
    const frameworks = [...this.#registrar.frameworks.keys()];
    return (
      view !== undefined &&
      agents.every(({ agent }) => view.agents.has(agent.id)) &&
      frameworks.every(id => view.frameworks.has(id)) &&
      this.#areAllTrue(view) &&
      this.#areAllUp()
    );
  }

  /** Resolves when `isTrue` holds; it is looked at after each change of the cluster. */
  async until(isTrue: (cluster: SimulatedCluster) => boolean): Promise<void> {
    while (!isTrue(this)) await new Promise<void>(wake => this.#watchers.push(wake));
  }

  /** The body of the leader's `/state`; undefined while nobody leads. */
  state(): JsonObject | undefined {
    const { leader } = this.masters;
    if (leader?.role.kind !== 'leading') return undefined;
    return stateJson(leader.identity, leader.role.view);
  }

  /** Launches an app; resolves when all instances that find room are running. */
  async launch(json: MarathonAppJson, framework?: string): Promise<void> {
    const app = readMarathonApp(json);
    const id = this.#registrar.frameworkId(framework);
    await this.#scheduler.want(app, id, app.instances);
    await this.until(() => this.#areAllUp());
  }

  /** Sets the number of instances of an app, by its path: `/shop/web`. */
  async scale(path: string, instances: number): Promise<void> {
    const wanted = this.#scheduler.wantedApp(path.replace(/^\//, ''));
    if (!wanted) throw new Error(`Cannot scale ${path}: no such app was launched`);
    await this.#scheduler.want(wanted.app, wanted.frameworkId, instances);
    await this.until(() => this.#areAllUp());
  }

  /** Ends a task as if its process had died; the scheduler starts another one elsewhere. */
  async killTask(taskId: string, state = 'TASK_FAILED'): Promise<void> {
    const message = 'Command terminated with signal Killed';
    await this.#scheduler.finish(this.#instance(taskId), state, message);
    await this.#scheduler.reconcile();
  }

  /** Reports the outcome of a task's health check. */
  setHealth(taskId: string, healthy: boolean): void {
    this.#scheduler.setHealth(this.#instance(taskId), healthy);
  }

  addAgent(): string {
    const { agent } = this.#fleet.addAgent(this.#idPrefix);
    this.#registrar.registerAgent(agent.id);
    return agent.id;
  }

  /** Cuts an agent off. Its machine is gone with all tasks, or they `run on` unseen. */
  loseAgent(agentId: string, tasks: 'die' | 'run on' = 'die'): Promise<void> {
    return this.#registrar.loseAgent(agentId, tasks);
  }

  /** The agent is connected again, and registers with the leader if there is one. */
  returnAgent(agentId: string): Promise<void> {
    return this.#registrar.returnAgent(agentId);
  }

  /** The agent unregisters gracefully and takes its tasks with it. */
  removeAgent(agentId: string): Promise<void> {
    return this.#registrar.removeAgent(agentId);
  }

  /** Lets an agent that did not come back since the election come back now. */
  registerAgent(agentId: string): void {
    this.#registrar.registerAgent(agentId);
  }

  /** Only schedulers on the old driver have a `pid`, `scheduler-UUID@10.0.0.1:35373`. */
  addFramework(name: string, pid?: string): void {
    this.#registrar.addFramework(name, pid);
  }

  registerFramework(name: string): void {
    this.#registrar.registerFramework(this.#registrar.frameworkId(name));
  }

  /** The scheduler's connection is lost: its tasks run on, and it starts none. */
  disconnectFramework(name: string): Promise<void> {
    return this.#registrar.setFrameworkConnected(this.#registrar.frameworkId(name), false);
  }

  returnFramework(name: string): Promise<void> {
    return this.#registrar.setFrameworkConnected(this.#registrar.frameworkId(name), true);
  }

  /** Tears a framework down with all its tasks. */
  removeFramework(name: string): Promise<void> {
    return this.#registrar.removeFramework(this.#registrar.frameworkId(name));
  }

  /** Whether no task that a leader lists on a connected agent has ended without its knowing. */
  #areAllTrue({ tasks }: MasterView): boolean {
    const real = new Set([...this.#fleet.instances].map(({ task }) => task.id));
    return [...tasks.values()].every(
      ({ id, agentId }) => real.has(id) || !this.isConnected(agentId),
    );
  }

  #areAllUp(): boolean {
    return [...this.#fleet.instances].every(({ task, isLost }) => isLost || isRunning(task));
  }

  #instance(taskId: string): Instance {
    const found = [...this.#fleet.instances].find(({ task }) => task.id === taskId);
    if (!found) throw new Error(`Cannot find task ${taskId}: it does not run`);
    return found;
  }

  #changed(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const wake of watchers) wake();
  }
}
