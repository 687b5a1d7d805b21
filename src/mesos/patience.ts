import { MASTER_TIMEOUTS } from './master-client.ts';

const MOST = 8;

/**
 * How many times the usual limit a leader may take until it begins to answer. A master writes a huge
 * state as a whole before it sends a byte of it, so one that runs into the limit gets twice as much,
 * until it is quick again.
 */
export class Patience {
  #factor = 1;

  get factor(): number {
    return this.#factor;
  }

  /** It answered, all in all in so long. */
  answered(tookMs: number): void {
    if (tookMs < MASTER_TIMEOUTS.headersMs) this.#factor = 1;
  }

  ranOut(): void {
    this.#factor = Math.min(this.#factor * 2, MOST);
  }
}
