import type { Cancel, Clock } from '../runtime/index.ts';

/**
 * How long things take, in milliseconds. 0 means at once, in the same turn; `Infinity` means never
 * by itself: a test does it by hand.
 */
export interface Timings {
  /** Each step of a launch: staging to starting, starting to running, running to healthy. */
  readonly launchMs: number;
  /** Leader gone to another one elected: ZooKeeper's session timeout. */
  readonly electionMs: number;
  /** Elected to having read the registry. */
  readonly registryMs: number;
  /** From then on, each agent and framework comes back at a random moment up to this. */
  readonly reregisterMs: number;
  /** Agent gone to its tasks being unreachable. */
  readonly unreachableMs: number;
  /** Killed master to its supervisor starting it again. */
  readonly restartMs: number;
  readonly heartbeatMs: number;
}

/** Mesos's own defaults, as measured on a real cluster. */
export const REAL_TIMINGS: Timings = {
  launchMs: 500,
  electionMs: 10_000,
  registryMs: 500,
  reregisterMs: 2_000,
  unreachableMs: 75_000,
  restartMs: 5_000,
  heartbeatMs: 15_000,
};

/** All at once, but for heartbeats: for tests that look at results. */
export const INSTANT_TIMINGS: Timings = {
  launchMs: 0,
  electionMs: 0,
  registryMs: 0,
  reregisterMs: 0,
  unreachableMs: 0,
  restartMs: 0,
  heartbeatMs: 15_000,
};

/** Timers that all end with `close`. */
export class Timers {
  readonly #clock: Clock;
  readonly #pending = new Set<Cancel>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(delayMs: number, fire: () => void): Cancel {
    if (delayMs === Infinity) return () => {};
    if (delayMs === 0) {
      fire();
      return () => {};
    }
    const cancel = this.#clock.after(delayMs, () => {
      this.#pending.delete(cancel);
      fire();
    });
    this.#pending.add(cancel);
    return () => {
      this.#pending.delete(cancel);
      cancel();
    };
  }

  close(): void {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
  }
}
