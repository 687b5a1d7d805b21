import type { Clock, Counters, Log, Random } from '../runtime/index.ts';
import type { ForwardCounter } from './counters.ts';

/** What forwarding needs of the world. */
export interface ForwardWorld {
  readonly clock: Clock;
  /** Must be unpredictable: ids, ports and letter case are drawn from it. */
  readonly random: Random;
  readonly log: Log;
  readonly counters: Counters<ForwardCounter>;
}

/** Adds one to a counter. */
export function count({ counters }: ForwardWorld, name: ForwardCounter): void {
  counters.values[counters.slot[name]]++;
}
