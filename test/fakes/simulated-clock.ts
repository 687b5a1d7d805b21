import type { Clock } from '../../src/runtime/index.ts';

interface Alarm {
  readonly at: number;
  readonly fire: () => void;
}

/** A clock whose hands the test turns. It starts at `startMs` (Unix epoch, milliseconds). */
export class SimulatedClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  readonly #alarms = new Set<Alarm>();

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
    this.#startMs = startMs;
  }

  now = () => this.#nowMs;
  monotonic = () => this.#nowMs - this.#startMs;

  after = (delayMs: number, fire: () => void) => {
    const alarm: Alarm = { at: this.#nowMs + Math.max(0, delayMs), fire };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  };

  /** How many alarms are set. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** The time of the next alarm; undefined when none is set. */
  get nextAlarm(): number | undefined {
    let next: number | undefined;
    for (const { at } of this.#alarms) next = next === undefined ? at : Math.min(next, at);
    return next;
  }

  /**
   * Moves time on by `durationMs`, firing what falls due in order of time, and lets promises settle
   * between two alarms, so that code that awaits sees each moment as it would in life.
   */
  async advance(durationMs: number): Promise<void> {
    const end = this.#nowMs + durationMs;
    await settle();
    for (let next = this.nextAlarm; next !== undefined && next <= end; next = this.nextAlarm) {
      this.#nowMs = Math.max(this.#nowMs, next);
      for (const alarm of [...this.#alarms].filter(({ at }) => at <= this.#nowMs)) {
        if (this.#alarms.delete(alarm)) alarm.fire();
      }
      await settle();
    }
    this.#nowMs = end;
  }
}

/** Lets everything run that is ready: promise jobs, then what is queued behind them. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
}
