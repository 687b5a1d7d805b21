import type { DomainName } from './name.ts';
import { quotedText } from './text.ts';

/** A resource record of one of our zones, class IN. The TTL is the zone's own, the same for every record. */
export type ResourceRecord =
  | AddressRecord
  | ServiceRecord
  | NameServerRecord
  | PointerRecord
  | AliasRecord
  | TextRecord;

/** RFC 1035 section 3.4.1, RFC 3596 section 2.2. */
export interface AddressRecord {
  readonly type: 'A' | 'AAAA';
  readonly owner: DomainName;
  /** Canonical text, as `ipAddress` makes it; IPv4 for A, IPv6 for AAAA. */
  readonly address: string;
}

/** RFC 2782. */
export interface ServiceRecord {
  readonly type: 'SRV';
  readonly owner: DomainName;
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: DomainName;
}

/** RFC 1035 section 3.3.11. */
export interface NameServerRecord {
  readonly type: 'NS';
  readonly owner: DomainName;
  readonly target: DomainName;
}

/** RFC 1035 section 3.3.12. */
export interface PointerRecord {
  readonly type: 'PTR';
  readonly owner: DomainName;
  readonly target: DomainName;
}

/** RFC 1035 section 3.3.1: alone at its owner (RFC 1034 section 3.6.2). */
export interface AliasRecord {
  readonly type: 'CNAME';
  readonly owner: DomainName;
  readonly target: DomainName;
}

/** RFC 1035 section 3.3.14. */
export interface TextRecord {
  readonly type: 'TXT';
  readonly owner: DomainName;
  /** At least one, each of at most 255 octets of UTF-8. */
  readonly strings: readonly string[];
}

/** The start of authority (RFC 1035 section 3.3.13); its serial is the zone's. Times in seconds. */
export interface StartOfAuthority {
  readonly primary: DomainName;
  readonly mailbox: DomainName;
  readonly refreshSeconds: number;
  readonly retrySeconds: number;
  readonly expireSeconds: number;
  /** How long a negative answer may be kept (RFC 2308 section 4). */
  readonly negativeTtlSeconds: number;
}

/** The types of records that our zones hold, beside their SOA. */
export type RecordType = ResourceRecord['type'];

/** All records of one owner and type; never empty, no two equal. */
export interface RRset {
  readonly owner: DomainName;
  readonly type: RecordType;
  readonly records: readonly ResourceRecord[];
}

/** A text that is equal for RRsets of one owner and type, and for no others. */
export function rrsetKey({ owner, type }: Pick<RRset, 'owner' | 'type'>): string {
  return `${owner} ${type}`;
}

/** A text that is equal for equal records of one owner and type, and for no others. */
export function recordValue(record: ResourceRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address;
    case 'SRV':
      return `${record.priority} ${record.weight} ${record.port} ${record.target}`;
    case 'NS':
    case 'PTR':
    case 'CNAME':
      return record.target;
    case 'TXT':
      return record.strings.map(quotedText).join(' ');
    default:
      return record satisfies never;
  }
}
