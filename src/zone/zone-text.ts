import { type DomainName, type ResourceRecord, recordValue } from '../dns/index.ts';
import type { Zone } from './zone.ts';

/** An escape as it stands, or a character that some reader of master files takes for syntax. */
const ESCAPE_OR_SYNTAX = /\\(?:\d{3}|.)|[^a-z0-9_*/.-]/g;

/**
 * The whole zone as a master file (RFC 1035 section 5): absolute names, a line a record, the start
 * of authority first and the rest sorted, so that two zones can be compared line by line.
 */
export function zoneText(
  { origin, soa, serial, rrsets }: Pick<Zone, 'origin' | 'soa' | 'serial' | 'rrsets'>,
  ttlSeconds: number,
): string {
  const times = [soa.refreshSeconds, soa.retrySeconds, soa.expireSeconds, soa.negativeTtlSeconds];
  const names = [soa.primary, soa.mailbox].map(nameText);
  const authority = [...names, serial ?? 0, ...times].join(' ');
  const lines = rrsets()
    .flatMap(({ records }) => records)
    .map(record => recordLine(record, ttlSeconds));
  return `${[`${nameText(origin)} ${ttlSeconds} IN SOA ${authority}`, ...lines.toSorted()].join('\n')}\n`;
}

/** One line of a master file. */
export function recordLine(record: ResourceRecord, ttlSeconds: number): string {
  const value = 'target' in record ? { ...record, target: nameText(record.target) } : record;
  return `${nameText(record.owner)} ${ttlSeconds} IN ${record.type} ${recordValue(value)}`;
}

/**
 * A name as every reader takes it: a `$` in front begins a directive, and knot knows few characters
 * without an escape. Escaped by number, since `\[` is a syntax of its own in BIND.
 */
function nameText(name: DomainName): DomainName {
  const escaped = (part: string) =>
    part.startsWith('\\') ? part : `\\${String(part.charCodeAt(0)).padStart(3, '0')}`;
  return name.replace(ESCAPE_OR_SYNTAX, escaped) as DomainName;
}
