import type {
  AppWorld,
  Inheritance,
  Notice,
  RunningApp,
  Shell,
  Signal,
  Supervisor,
} from '../../src/commands/index.ts';
import type { Config } from '../../src/config/index.ts';

/** A shell that keeps what was written, and an app that keeps what was done to it. */
export class FakeShell implements Shell {
  readonly outLines: string[] = [];
  readonly errLines: string[] = [];
  readonly environment: Record<string, string> = {};
  readonly app = new FakeApp();
  fetch: typeof globalThis.fetch = globalThis.fetch;
  readonly #unhandled = new Set<(error: unknown) => void>();
  readonly #handlers = new Map<Signal, Set<() => void>>();

  out = (line: string) => void this.outLines.push(line);
  err = (line: string) => void this.errLines.push(line);
  /** Why no successor can be started; undefined lets it answer at once. */
  successorFailure: Error | undefined;
  startSuccessor = async (descriptors: readonly number[]) => {
    if (this.successorFailure) throw this.successorFailure;
    this.app.done.push(`hand over ${descriptors.join(' ')}`);
    return 4711;
  };
  inheritance: Inheritance = { descriptors: [], announce: undefined };
  supervisor: Supervisor | undefined;
  startApp = async (config: Config, world: AppWorld) => this.app.start(config, world);

  onSignal = (signal: Signal, handle: () => void) => {
    const known = this.#handlers.get(signal) ?? new Set();
    this.#handlers.set(signal, known.add(handle));
    return () => void known.delete(handle);
  };

  onUnhandled = (handle: (error: unknown) => void) => {
    this.#unhandled.add(handle);
    return () => void this.#unhandled.delete(handle);
  };

  /** Somebody lets an error go by. */
  fail(error: unknown): void {
    for (const handle of this.#unhandled) handle(error);
  }

  signal(signal: Signal): void {
    for (const handle of this.#handlers.get(signal) ?? []) handle();
  }

  /** How many handlers of signals are set. */
  get listening(): number {
    return [...this.#handlers.values(), this.#unhandled].reduce((sum, { size }) => sum + size, 0);
  }
}

class FakeApp implements RunningApp {
  readonly dns = [];
  readonly http = undefined;
  readonly done: string[] = [];
  readonly started = Promise.withResolvers<void>();
  /** What a drain waits for; resolved from the start. */
  drained: Promise<void> = Promise.resolve();
  failure: Error | undefined;
  world: AppWorld | undefined;

  /** What the process has counted. */
  counts(): readonly number[] {
    return [...(this.world?.processCounters?.values ?? [])];
  }

  start(config: Config, world: AppWorld): RunningApp {
    this.world = world;
    if (this.failure) throw this.failure;
    this.done.push(`start ttl ${config.ttl}`);
    // The signals are heeded as soon as the caller has gone on.
    setImmediate(this.started.resolve);
    return this;
  }

  /** A first zone is answered. */
  ready: Promise<void> = Promise.resolve();
  /** What each ask for a sign of life gives. */
  life: Promise<void> = Promise.resolve();
  whenReady = () => this.ready;
  alive = () => this.life;
  summary = () => `did ${this.done.at(-1)}`;
  zoneText = () => 'mesos. 60 IN SOA\n';

  reload = async (config: Config) => {
    if (config.ttl === 13) throw new Error('not that one');
    this.done.push(`reload ttl ${config.ttl}`);
    return [];
  };

  descriptors = () => [3, 4];
  refresh = () => void this.done.push('refresh');
  flush = () => void this.done.push('flush');

  close = (lameduckSeconds: number) => {
    this.done.push(`close ${lameduckSeconds}`);
    return this.drained;
  };
}

/** A service manager that keeps what it was told. */
export class FakeSupervisor implements Supervisor {
  readonly told: Notice[] = [];
  readonly watchdogMs: number | undefined;

  constructor(watchdogMs?: number) {
    this.watchdogMs = watchdogMs;
  }

  tell = async (notice: Notice) => void this.told.push(notice);
}
