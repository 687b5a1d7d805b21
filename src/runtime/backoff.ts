import type { Random } from './random.ts';

/** The pauses between tries: doubling from `firstMs` to `lastMs`, with full jitter. */
export interface Backoff {
  /** Milliseconds to wait before the next try: uniform from 0 to the step reached, which doubles. */
  next(): number;
  /** Call it after a success: the next pause is short again. */
  reset(): void;
}

/** `firstMs` and `lastMs` bound the steps, as in 250 and 5,000. */
export function fullJitterBackoff(firstMs: number, lastMs: number, random: Random): Backoff {
  let stepMs = firstMs;
  return {
    next: () => {
      const pauseMs = random.below(stepMs + 1);
      stepMs = Math.min(stepMs * 2, lastMs);
      return pauseMs;
    },
    reset: () => {
      stepMs = firstMs;
    },
  };
}
