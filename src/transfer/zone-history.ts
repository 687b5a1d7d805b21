import { isOlderSerial, type RRset, type Serial } from '../dns/index.ts';
import type { ZoneDelta } from '../zone/index.ts';

/** Bounds of what is remembered: records in all differences together, and their age. */
export interface HistoryLimits {
  readonly maxRecords: number;
  readonly maxAgeMs: number;
}

interface Entry {
  readonly delta: ZoneDelta;
  readonly records: number;
  readonly atMs: number;
}

/**
 * The last differences of the zone, for incremental transfers (RFC 1995). The oldest go first when
 * there are too many records or when they are too old.
 */
export class ZoneHistory {
  readonly #limits: HistoryLimits;
  #entries: Entry[] = [];
  #records = 0;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  /** Remembers a difference; a first version of all (`from` undefined) ends what was known. */
  push(delta: ZoneDelta, nowMs: number): void {
    if (delta.from === undefined) {
      this.#entries = [];
      this.#records = 0;
      return;
    }
    const records = recordCount(delta.removed) + recordCount(delta.added);
    this.#entries.push({ delta, records, atMs: nowMs });
    this.#records += records;
    this.#forget(nowMs);
  }

  /** The differences from `serial` to the current zone, oldest first; undefined when they are gone. */
  since(serial: Serial): readonly ZoneDelta[] | undefined {
    const first = this.#entries.findIndex(({ delta }) => delta.from === serial);
    return first < 0 ? undefined : this.#entries.slice(first).map(({ delta }) => delta);
  }

  /** All that is remembered, oldest first. */
  get deltas(): readonly ZoneDelta[] {
    return this.#entries.map(({ delta }) => delta);
  }

  #forget(nowMs: number): void {
    const oldest = nowMs - this.#limits.maxAgeMs;
    let drop = 0;
    while (
      drop < this.#entries.length &&
      (this.#records > this.#limits.maxRecords || this.#entries[drop].atMs < oldest)
    ) {
      this.#records -= this.#entries[drop].records;
      drop++;
    }
    this.#entries.splice(0, drop);
  }
}

/** One difference in place of many: what came and went in between is left out (RFC 1995 section 5). */
export function condense(deltas: readonly ZoneDelta[]): ZoneDelta {
  const before = new Map<string, RRset>();
  const after = new Map<string, RRset>();
  for (const { removed, added } of deltas) {
    for (const rrset of removed) {
      const key = `${rrset.owner} ${rrset.type}`;
      if (!after.delete(key)) before.set(key, rrset);
    }
    for (const rrset of added) after.set(`${rrset.owner} ${rrset.type}`, rrset);
  }
  return {
    from: deltas[0].from,
    to: deltas[deltas.length - 1].to,
    removed: [...before.values()],
    added: [...after.values()],
  };
}

/** Says whether a secondary that has `serial` needs nothing (RFC 1995 section 2). */
export function isUpToDate(serial: Serial, current: Serial): boolean {
  return !isOlderSerial(serial, current);
}

function recordCount(rrsets: readonly RRset[]): number {
  return rrsets.reduce((sum, { records }) => sum + records.length, 0);
}
