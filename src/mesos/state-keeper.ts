import type { Cancel, Clock, Log } from '../runtime/index.ts';
import type { ClusterState } from './cluster-state.ts';
import { saveStateFile } from './state-file.ts';

/** Where and how often the state is saved. */
export interface StateKeeperOptions {
  readonly path: string;
  /** At least so long between two saves; more where a save takes long. */
  readonly everyMs: number;
  /** What is to be saved now; undefined when there is nothing yet. */
  readonly current: () => KeptState | undefined;
}

/** How much longer than a save we wait until the next: a huge state should not keep the disk busy. */
const REST_FACTOR = 100;

/** What is saved: a state, and the serial of the zone that was made of it. */
export interface KeptState {
  readonly state: ClusterState;
  readonly serial: number | undefined;
}

/** What saving needs of the world. */
export interface StateKeeperWorld {
  readonly clock: Clock;
  readonly log: Log;
}

/** How the saving goes. */
export interface StateKeeperStatus {
  /** Saves since the start, by how they ended. */
  readonly good: number;
  readonly failed: number;
  /** Milliseconds since the last good one; undefined before the first. */
  readonly ageMs: number | undefined;
}

/**
 * Keeps the state on the disk: saves soon after changes, one save at a time. Failing is one line in
 * the log, until it succeeds again.
 */
export class StateKeeper {
  readonly #options: StateKeeperOptions;
  readonly #world: StateKeeperWorld;
  #isDirty = false;
  #isFailing = false;
  #isClosed = false;
  #savedMs: number | undefined;
  #tookMs = 0;
  readonly #saves = { good: 0, failed: 0 };
  #waiting: Cancel | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: StateKeeperOptions, world: StateKeeperWorld) {
    this.#options = options;
    this.#world = world;
  }

  /** Says that there is something new to save; it is saved within `everyMs`. */
  changed(): void {
    this.#isDirty = true;
    this.#wait();
  }

  status(): StateKeeperStatus {
    const ageMs =
      this.#savedMs === undefined ? undefined : this.#world.clock.monotonic() - this.#savedMs;
    return { ...this.#saves, ageMs };
  }

  /** Saves what is not saved yet, and stops. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting?.();
    await this.#saving;
    await this.#save();
  }

  #wait(): void {
    if (this.#waiting || this.#isClosed) return;
    const delayMs = Math.max(this.#options.everyMs, this.#tookMs * REST_FACTOR);
    this.#waiting = this.#world.clock.after(delayMs, () => {
      this.#saving = this.#save().then(() => {
        this.#waiting = undefined;
        if (this.#isDirty) this.#wait();
      });
    });
  }

  async #save(): Promise<void> {
    const kept = this.#isDirty ? this.#options.current() : undefined;
    if (!kept) return;
    const { clock } = this.#world;
    const startMs = clock.monotonic();
    this.#isDirty = false;
    try {
      await saveStateFile(this.#options.path, { ...kept, savedMs: clock.now() });
      this.#saves.good++;
      this.#savedMs = clock.monotonic();
      this.#tookMs = this.#savedMs - startMs;
      this.#told(undefined);
    } catch (error) {
      this.#isDirty = true;
      this.#saves.failed++;
      this.#told(error instanceof Error ? error.message : 'an unknown error');
    }
  }

  #told(error: string | undefined): void {
    const { log } = this.#world;
    const { path } = this.#options;
    const isFailing = error !== undefined;
    if (isFailing && !this.#isFailing) {
      log.error('the state cannot be saved', { path, error });
    } else if (!isFailing && this.#isFailing) {
      log.info('the state is saved again', { path });
    }
    this.#isFailing = isFailing;
  }
}
