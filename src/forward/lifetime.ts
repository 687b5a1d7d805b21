import { longAt, RCODE, RR_TYPE, wordAt } from '../dns/index.ts';
import type { UpstreamMessage } from './message-reader.ts';

/** How long responses may be kept, whatever their TTLs say; seconds. */
export interface LifetimeCaps {
  readonly positiveSeconds: number;
  readonly negativeSeconds: number;
}

/** A day, as unbound keeps at most; an hour for "no such name" (RFC 2308 section 5 asks for 1 to 3). */
export const DEFAULT_CAPS: LifetimeCaps = { positiveSeconds: 86_400, negativeSeconds: 3_600 };

/**
 * For how many seconds a response may be kept; 0 means not at all. The lowest TTL of its records
 * decides, and for "no such name" and "no such type" the SOA's minimum as well (RFC 2308 section 5);
 * without an SOA these are not kept. Other response codes are never kept here.
 */
export function lifetimeSeconds(message: UpstreamMessage, caps: LifetimeCaps): number {
  const isTruncated = (message.octets[2] & 0x02) !== 0;
  if (isTruncated || (message.rcode !== RCODE.NOERROR && message.rcode !== RCODE.NXDOMAIN))
    return 0;
  const lowest = Math.min(...message.records.map(record => record.ttl));
  if (!isNegative(message)) return Math.min(lowest, caps.positiveSeconds);
  return Math.min(lowest, soaMinimum(message), caps.negativeSeconds);
}

/** The name does not exist, or its chain of aliases ends without a record of the asked type. */
export function isNegative({ octets, questionEnd, records, rcode }: UpstreamMessage): boolean {
  if (rcode === RCODE.NXDOMAIN) return true;
  const asked = wordAt(octets, questionEnd - 4);
  return !records.some(
    ({ section, type }) => section === 'answer' && (type === asked || asked === RR_TYPE.ANY),
  );
}

function soaMinimum({ octets, records }: UpstreamMessage): number {
  const soa = records.find(({ section, type }) => section === 'authority' && type === RR_TYPE.SOA);
  // Two names of at least one octet, then five numbers of four octets each, minimum last.
  return soa && soa.end - soa.dataAt >= 22 ? longAt(octets, soa.end - 4) : 0;
}
