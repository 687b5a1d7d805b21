/** Time as a value handed in, so that tests can turn the hands themselves. */
export interface Clock {
  /** Milliseconds since the Unix epoch; may jump when the machine's time is set. */
  now(): number;
  /** Milliseconds from an arbitrary point; never goes back. Use it for ages and deadlines. */
  monotonic(): number;
  /** Calls `fire` once after `delayMs`. The returned function cancels; calling it late is harmless. */
  after(delayMs: number, fire: () => void): Cancel;
}

/** Gives up what was begun; calling it twice, or late, is harmless. */
export type Cancel = () => void;

/** The machine's own clock. Its timers keep the process alive, as those of Node do. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after: (delayMs, fire) => {
      const timer = setTimeout(fire, delayMs);
      return () => clearTimeout(timer);
    },
  };
}

/** Resolves when `signal` is aborted; never rejects. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Resolves after `delayMs`, or at once when `signal` is aborted; never rejects. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve();
    const wake = () => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.after(delayMs, wake);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
