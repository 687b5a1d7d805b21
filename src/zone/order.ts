import type { Block } from './slab.ts';

/**
 * In which order the records of an RRset stand in a response. `begin`, then `deal` for one place after
 * the other until enough are dealt, then `end`. One object a thread; nothing is allocated.
 */
export interface Order {
  /** Says how many places of `rrset`, which belongs to `owner`, may be dealt: at least one. */
  begin(words: Int32Array, owner: Block, rrset: Block): number;
  /** The place dealt as number `dealt` (0, 1, ...) of `count`; every place is dealt once. */
  deal(dealt: number, count: number): number;
  /** Any one of `count` places, whatever was dealt. */
  anyOf(count: number): number;
  /** The place that was dealt as number `dealt`. */
  dealt(dealt: number): number;
  /** Call it after dealing `count` places. */
  end(count: number): void;
}
