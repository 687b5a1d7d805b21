import { type ResourceRecord, recordValue } from '../../src/dns/index.ts';

/** One line a record, as in a master file but for TTL and class. */
export function recordLine(record: ResourceRecord): string {
  return `${record.owner} ${record.type} ${recordValue(record)}`;
}

/** A whole zone as sorted text, every record once. */
export function zoneText(records: Iterable<ResourceRecord>): string {
  const lines = new Set(Array.from(records, recordLine));
  return `${[...lines].toSorted().join('\n')}\n`;
}
