import type { Cancel, Clock } from '../runtime/index.ts';
import type { TransferZone } from '../transfer/index.ts';

/** What the version that is served is known by. */
export interface ServedVersionOptions {
  /** The zone as it stands now; undefined before the first version. */
  readonly current: () => TransferZone | undefined;
  /** Resolves when whoever asks from now on is answered from the zone as it stands now, or later. */
  readonly served: () => Promise<void>;
  /** Called with each new version that is served. */
  readonly onServed: () => void;
  /** The least time between two looks: many changes become one. */
  readonly minGapMs: number;
  readonly clock: Clock;
}

/**
 * The version of a zone that every answer thread serves. Secondaries are told of no later one: who
 * is told asks at once, and if an older version answered, would count as current until its next
 * refresh.
 */
export class ServedVersion {
  readonly #options: ServedVersionOptions;
  #version: TransferZone | undefined;
  #isDue = false;
  #isAtWork = false;
  #isClosed = false;
  #cancel: Cancel = () => {};

  constructor(options: ServedVersionOptions) {
    this.#options = options;
  }

  /** Undefined before the first is served. */
  get version(): TransferZone | undefined {
    return this.#version;
  }

  /** The zone has a new version. */
  changed(): void {
    this.#isDue = true;
    if (!this.#isAtWork) void this.#look();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    const { current, served, onServed, minGapMs, clock } = this.#options;
    this.#isDue = false;
    this.#isAtWork = true;
    const version = current();
    await served();
    if (this.#isClosed) return;
    this.#version = version;
    onServed();
    this.#cancel = clock.after(minGapMs, () => {
      this.#isAtWork = false;
      if (this.#isDue) void this.#look();
    });
  }
}
