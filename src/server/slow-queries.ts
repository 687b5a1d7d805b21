import type { Client, Octets } from '../dns/index.ts';
import type { Answering } from './answering.ts';
import type { Meter } from './counters.ts';

/** The slow queries of one socket or connection that are in flight. */
export class SlowQueries {
  readonly #answering: Answering;
  readonly #most: number;
  readonly #meter: Meter;
  #inFlight = 0;
  #idle: (() => void) | undefined;

  constructor(answering: Answering, most: number, meter: Meter) {
    this.#answering = answering;
    this.#most = most;
    this.#meter = meter;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get isFull(): boolean {
    return this.#inFlight >= this.#most;
  }

  /** Resolves when nothing is in flight any more, or after `forMs`. */
  drain(forMs: number): Promise<void> {
    if (this.#inFlight === 0 || forMs <= 0) return Promise.resolve();
    return new Promise(resolve => {
      const cancel = this.#answering.clock.after(forMs, resolve);
      this.#idle = () => {
        cancel();
        resolve();
      };
    });
  }

  /**
   * Hands a query to the slow path and its response to `send`, later; `settled` is called in any
   * case. `octets` is the slow path's to keep. Nothing is thrown, nothing rejects.
   */
  take(
    octets: Octets,
    client: Client,
    maxOctets: number,
    send: (response: Octets) => void,
    settled: () => void = () => {},
  ): void {
    const { clock, counters } = this.#answering;
    const { values, slot } = counters;
    if (this.isFull) {
      values[slot.dropped_slow_full]++;
      settled();
      return;
    }
    values[slot.slow_queries]++;
    const startMs = clock.monotonic();
    this.#inFlight++;
    void this.#ask(octets, client, maxOctets).then(response => {
      this.#inFlight--;
      if (response) {
        this.#meter.response(response, 0, response.length);
        this.#meter.duration(clock.monotonic() - startMs, 1);
        send(response);
      } else {
        values[slot.dropped_unanswered]++;
      }
      settled();
      if (this.#inFlight === 0) this.#idle?.();
    });
  }

  async #ask(octets: Octets, client: Client, maxOctets: number): Promise<Octets | undefined> {
    try {
      const response = await this.#answering.slow(octets, client, maxOctets);
      return response && response.length <= maxOctets ? response : undefined;
    } catch (error) {
      const { counters, log } = this.#answering;
      counters.values[counters.slot.slow_failures]++;
      log.debug('A slow answer failed', { reason: String(error) });
      return undefined;
    }
  }
}
