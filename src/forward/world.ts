import type { Counters, World } from '../runtime/index.ts';
import type { ForwardCounter } from './counters.ts';

/**
 * What forwarding needs of the world. Its `random` must be unpredictable: ids, ports and letter case
 * are drawn from it.
 */
export interface ForwardWorld extends World {
  readonly counters: Counters<ForwardCounter>;
}

/** Adds one to a counter. */
export function count({ counters }: ForwardWorld, name: ForwardCounter): void {
  counters.values[counters.slot[name]]++;
}
