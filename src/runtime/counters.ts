/**
 * The hot counters of an answer thread: one slot a name in a shared typed array. The thread adds,
 * the control thread reads at scrape time. Each array has one writer, so plain adds are enough;
 * doubles count exactly to 2^53 and are never torn on 64-bit machines.
 */
export interface Counters<Name extends string> {
  /** The slot of each name in `values`; look it up once, not per query. */
  readonly slot: Readonly<Record<Name, number>>;
  readonly values: Float64Array;
}

/** Makes counters over new shared memory, or over `memory` made for the same list of names. */
export function makeCounters<const Name extends string>(
  names: readonly Name[],
  memory = new SharedArrayBuffer(names.length * Float64Array.BYTES_PER_ELEMENT),
): Counters<Name> {
  const slot = Object.fromEntries(names.map((name, index) => [name, index]));
  return { slot: slot as Record<Name, number>, values: new Float64Array(memory) };
}
