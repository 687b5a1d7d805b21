import { type Clock, sleep } from '../runtime/index.ts';

/** A wait that can be cut short: the rhythm of everything here that repeats. */
export interface Pause {
  /** Waits `durationMs`, or until `end` is called or `signal` aborted. */
  wait(durationMs: number, signal: AbortSignal): Promise<void>;
  /** Ends the wait now; without one, the next wait is over at once. */
  end(): void;
}

/** Makes a pause; one serves one waiter at a time. */
export function makePause(clock: Clock): Pause {
  let cut = new AbortController();
  return {
    wait: async (durationMs, signal) => {
      await sleep(clock, durationMs, AbortSignal.any([cut.signal, signal]));
      if (cut.signal.aborted) cut = new AbortController();
    },
    end: () => cut.abort(),
  };
}
