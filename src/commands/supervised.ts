import { type Clock, sleep } from '../runtime/index.ts';
import type { RunningApp, Supervisor } from './shell.ts';

/**
 * So long a start may take until it counts as one without masters. The boot of a machine, whose
 * other services may need our answers, must not wait for a cluster that is away.
 */
const START_PATIENCE_MS = 15_000;
/** How often the line for people is renewed, where no watchdog asks more often. */
const STATUS_MS = 10_000;

/** Tells the service manager how the server goes, from its start to its end. */
export class Supervised {
  readonly #app: RunningApp;
  readonly #supervisor: Supervisor;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  #isReady = false;

  constructor(app: RunningApp, supervisor: Supervisor, clock: Clock) {
    this.#app = app;
    this.#supervisor = supervisor;
    this.#clock = clock;
  }

  /** Says "ready" with the first zone, or after a while without one; from now on signs of life. */
  async start(): Promise<void> {
    const { signal } = this.#ended;
    this.#tick();
    const patience = sleep(this.#clock, START_PATIENCE_MS, signal);
    await Promise.race([this.#app.whenReady(), patience]);
    if (signal.aborted) return;
    this.#isReady = true;
    await this.#tell('ready');
  }

  async reloading(): Promise<void> {
    if (this.#isReady) await this.#supervisor.tell({ kind: 'reloading' });
  }

  /** The reload is over, be the new config in force or the old one. */
  async reloaded(): Promise<void> {
    if (this.#isReady) await this.#tell('ready');
  }

  async stopping(): Promise<void> {
    await this.#supervisor.tell({ kind: 'stopping' });
  }

  /** Another process answers now; what it tells counts. */
  async succeeded(pid: number): Promise<void> {
    this.close();
    await this.#supervisor.tell({ kind: 'succeeded', pid });
  }

  close(): void {
    this.#ended.abort();
  }

  #tell(kind: 'ready' | 'status' | 'alive'): Promise<void> {
    return this.#supervisor.tell({ kind, status: this.#app.summary() });
  }

  /** Asks every thread for a sign of life, twice in the watchdog's time: it hears of none that is stuck. */
  #tick(): void {
    const { signal } = this.#ended;
    if (signal.aborted) return;
    const { watchdogMs } = this.#supervisor;
    const kind = watchdogMs === undefined ? 'status' : 'alive';
    void this.#app.alive().then(() => (signal.aborted ? undefined : this.#tell(kind)));
    const pauseMs = Math.min(STATUS_MS, (watchdogMs ?? Number.POSITIVE_INFINITY) / 2);
    void sleep(this.#clock, pauseMs, signal).then(() => this.#tick());
  }
}
