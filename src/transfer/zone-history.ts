import { isOlderSerial, type RRset, rrsetKey, type Serial } from '../dns/index.ts';
import type { ZoneDelta } from '../zone/index.ts';

/** Bounds of what is remembered: records in all differences together, and their age. */
export interface HistoryLimits {
  readonly maxRecords: number;
  readonly maxAgeMs: number;
}

/** A difference, and when it was made, in Unix milliseconds. */
export interface HistoryEntry {
  readonly delta: ZoneDelta;
  readonly atMs: number;
}

/**
 * Why a serial is not remembered: the history began anew after it, there were too many records or
 * too much time since, or it was never ours.
 */
export const GONE_REASONS = ['start', 'records', 'age', 'unknown'] as const;

export type GoneReason = (typeof GONE_REASONS)[number];

/**
 * The last differences of the zone, for incremental transfers (RFC 1995). The oldest go first when
 * there are too many records or when they are too old.
 */
export class ZoneHistory {
  readonly #limits: HistoryLimits;
  #entries: HistoryEntry[] = [];
  #records = 0;
  /** Why nothing older is remembered. */
  #gone: GoneReason = 'start';

  /** `entries` are those of an earlier run, oldest first. */
  constructor(limits: HistoryLimits, entries: readonly HistoryEntry[] = []) {
    this.#limits = limits;
    for (const { delta, atMs } of entries) this.push(delta, atMs);
  }

  /** All that is remembered, oldest first. */
  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  /** Remembers a difference; a first version of all (`from` undefined) ends what was known. */
  push(delta: ZoneDelta, nowMs: number): void {
    if (delta.from === undefined) {
      this.#entries = [];
      this.#records = 0;
      this.#gone = 'start';
      return;
    }
    this.#entries.push({ delta, atMs: nowMs });
    this.#records += recordsOf(delta);
    this.#forget(nowMs);
  }

  /**
   * The difference from `serial` to the current zone, all in one: what came and went in between is
   * left out (RFC 1995 section 5). Undefined when it is not remembered any more.
   */
  since(serial: Serial): ZoneDelta | undefined {
    const first = this.#entries.findIndex(({ delta }) => delta.from === serial);
    return first < 0 ? undefined : condense(this.#entries.slice(first).map(({ delta }) => delta));
  }

  /** Why the difference from `serial` to `current` is not remembered. */
  whyGone(serial: Serial, current: Serial): GoneReason {
    const oldest = this.#entries.at(0)?.delta.from ?? current;
    return isOlderSerial(serial, oldest) ? this.#gone : 'unknown';
  }

  #forget(nowMs: number): void {
    const oldest = nowMs - this.#limits.maxAgeMs;
    let drop = 0;
    while (
      drop < this.#entries.length &&
      (this.#records > this.#limits.maxRecords || this.#entries[drop].atMs < oldest)
    ) {
      this.#gone = this.#records > this.#limits.maxRecords ? 'records' : 'age';
      this.#records -= recordsOf(this.#entries[drop].delta);
      drop++;
    }
    this.#entries.splice(0, drop);
  }
}

function condense(deltas: readonly ZoneDelta[]): ZoneDelta {
  const before = new Map<string, RRset>();
  const after = new Map<string, RRset>();
  for (const { removed, added } of deltas) {
    for (const rrset of removed) {
      const key = rrsetKey(rrset);
      if (!after.delete(key)) before.set(key, rrset);
    }
    for (const rrset of added) after.set(rrsetKey(rrset), rrset);
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

function recordsOf({ removed, added }: ZoneDelta): number {
  return recordCount(removed) + recordCount(added);
}

function recordCount(rrsets: readonly RRset[]): number {
  return rrsets.reduce((sum, { records }) => sum + records.length, 0);
}
