import { type RRset, recordValue, rrsetKey, type Serial } from '../dns/index.ts';
import type { ZoneDelta } from '../zone/index.ts';

/** The difference between two whole versions of a zone, for where nobody noted what changed. */
export function zoneDifference(
  from: Serial,
  before: readonly RRset[],
  to: Serial,
  after: readonly RRset[],
): ZoneDelta {
  return { from, to, removed: withoutThose(before, after), added: withoutThose(after, before) };
}

/** Those of `rrsets` that do not stand in `others` with the same records. */
function withoutThose(rrsets: readonly RRset[], others: readonly RRset[]): readonly RRset[] {
  const byKey = new Map(others.map(rrset => [rrsetKey(rrset), rrset]));
  return rrsets.filter(rrset => !hasSameRecords(rrset, byKey.get(rrsetKey(rrset))));
}

function hasSameRecords({ records }: RRset, other: RRset | undefined): boolean {
  if (records.length !== other?.records.length) return false;
  const values = new Set(other.records.map(recordValue));
  return records.every(record => values.has(recordValue(record)));
}
