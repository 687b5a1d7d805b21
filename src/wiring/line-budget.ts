import type { Clock } from '../runtime/index.ts';

/** So many lines at once, and then one for each second gone by. */
const MOST_LINES = 20;
const LINE_MS = 1_000;

/**
 * Keeps the log short where strangers decide how much there is to say: whoever launches tasks chooses
 * their names, thousands a second. What is not said is counted.
 */
export class LineBudget {
  readonly #clock: Clock;
  #lines = MOST_LINES;
  #filledMs: number;
  #unsaid = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#filledMs = clock.monotonic();
  }

  /** Says whether one more line may be written; then `say` gets how many were not since the last. */
  spend(say: (unsaid: number) => void): void {
    const earned = Math.floor((this.#clock.monotonic() - this.#filledMs) / LINE_MS);
    this.#filledMs += earned * LINE_MS;
    this.#lines = Math.min(MOST_LINES, this.#lines + earned);
    if (this.#lines === 0) {
      this.#unsaid++;
      return;
    }
    this.#lines--;
    say(this.#unsaid);
    this.#unsaid = 0;
  }
}
