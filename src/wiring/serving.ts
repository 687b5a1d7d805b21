import type { Cancel, Clock, Log } from '../runtime/index.ts';
import type { ServingState } from '../zone/index.ts';
import { type Freshness, type StalenessLimits, servingState } from './serving-state.ts';

/** Time alone makes a state stale, so it is looked at so often. */
const LOOK_MS = 1_000;

/** Keeps the serving state up to date, and tells and logs each change of it once. */
export class Serving {
  readonly #freshness: () => Freshness;
  readonly #limits: StalenessLimits;
  readonly #tell: (state: ServingState) => void;
  readonly #clock: Clock;
  readonly #log: Log;
  #state: ServingState = { kind: 'starting' };
  #cancel: Cancel = () => {};

  constructor(
    freshness: () => Freshness,
    limits: StalenessLimits,
    tell: (state: ServingState) => void,
    { clock, log }: { readonly clock: Clock; readonly log: Log },
  ) {
    this.#freshness = freshness;
    this.#limits = limits;
    this.#tell = tell;
    this.#clock = clock;
    this.#log = log;
  }

  get state(): ServingState {
    return this.#state;
  }

  /** Looks now, and again every second until it is closed. */
  look(): void {
    this.#cancel();
    this.#cancel = this.#clock.after(LOOK_MS, () => this.look());
    const before = this.#state.kind;
    this.#state = servingState(this.#freshness(), this.#limits);
    if (this.#state.kind === before) return;
    this.#tell(this.#state);
    const level = this.#state.kind === 'live' ? 'info' : 'warn';
    this.#log[level]('The zone is served differently now', { before, now: this.#state.kind });
  }

  close(): void {
    this.#cancel();
  }
}
