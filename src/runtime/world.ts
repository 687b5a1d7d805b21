import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { Random } from './random.ts';

/** The outside world, as most parts that run for long are handed it. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}
