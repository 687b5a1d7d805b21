import { type RRset, recordValue, type Serial } from '../dns/index.ts';
import type { ZoneDelta } from '../zone/index.ts';
import type { ChangeFilter, RRsetFacts } from './change-filter.ts';

/** What went and what came from one version of the zone to the next. */
export interface ChangeFacts {
  /** Null before the first version. */
  readonly from: Serial | null;
  readonly to: Serial;
  readonly removed: readonly RRsetFacts[];
  readonly added: readonly RRsetFacts[];
}

/** A change as it is told. Without `json` it is too much to tell: the zone is to be read anew. */
export interface ToldChange {
  readonly from: Serial | undefined;
  readonly to: Serial;
  readonly json: string | undefined;
}

/** The latest changes, bounded by the characters of their JSON. */
export class ChangeHistory {
  readonly #changes: ToldChange[] = [];
  readonly #most: number;
  #characters = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(change: ToldChange): void {
    this.#changes.push(change);
    this.#characters += weight(change);
    while (this.#characters > this.#most) {
      const gone = this.#changes.shift();
      if (gone) this.#characters -= weight(gone);
    }
  }

  /** The changes since a serial; undefined when it is too old or none of ours. */
  since(serial: string): readonly ToldChange[] | undefined {
    const first = this.#changes.findIndex(({ from }) => `${from}` === serial);
    return first < 0 ? undefined : this.#changes.slice(first);
  }
}

/** The facts of a delta. */
export function changeFacts({ from, to, removed, added }: ZoneDelta): ChangeFacts {
  return { from: from ?? null, to, removed: removed.map(facts), added: added.map(facts) };
}

/** Of a change that which passes the filter; undefined when nothing does. */
export function filtered(change: ChangeFacts, filter: ChangeFilter): ChangeFacts | undefined {
  const removed = change.removed.filter(filter);
  const added = change.added.filter(filter);
  return removed.length + added.length === 0 ? undefined : { ...change, removed, added };
}

/** The facts of a change that was told before. */
export function factsOf(json: string): ChangeFacts {
  // Nobody but `JSON.stringify` made the text.
  return JSON.parse(json) as ChangeFacts;
}

function facts({ owner, type, records }: RRset): RRsetFacts {
  return { owner, type, values: records.map(recordValue) };
}

/** A change that is not told takes its place all the same. */
function weight({ json }: ToldChange): number {
  return 64 + (json?.length ?? 0);
}
