import { type ResourceRecord, recordValue } from '../dns/index.ts';
import type { Zone } from './zone.ts';

/**
 * The whole zone as a master file (RFC 1035 section 5): absolute names, a line a record, the start
 * of authority first and the rest sorted, so that two zones can be compared line by line.
 */
export function zoneText(
  { origin, soa, serial, rrsets }: Pick<Zone, 'origin' | 'soa' | 'serial' | 'rrsets'>,
  ttlSeconds: number,
): string {
  const times = [soa.refreshSeconds, soa.retrySeconds, soa.expireSeconds, soa.negativeTtlSeconds];
  const authority = [soa.primary, soa.mailbox, serial ?? 0, ...times].join(' ');
  const lines = rrsets()
    .flatMap(({ records }) => records)
    .map(record => recordLine(record, ttlSeconds));
  return `${[`${origin} ${ttlSeconds} IN SOA ${authority}`, ...lines.toSorted()].join('\n')}\n`;
}

/** One line of a master file. */
export function recordLine(record: ResourceRecord, ttlSeconds: number): string {
  return `${record.owner} ${ttlSeconds} IN ${record.type} ${recordValue(record)}`;
}
