import { ipAddress } from './address.ts';
import { type DomainName, domainName, FINAL_DOT } from './name.ts';
import type { RecordType, ResourceRecord } from './record.ts';
import { textStrings } from './text.ts';

/** The types of records that people write by hand. */
export const WRITTEN_TYPES = [
  'A',
  'AAAA',
  'CNAME',
  'PTR',
  'SRV',
  'TXT',
] as const satisfies RecordType[];

export type WrittenType = (typeof WRITTEN_TYPES)[number];

/** Of a text: with its head and the question it leaves room in any message. */
const MOST_TEXT_OCTETS = 4000;

/** A record as people write it: `web`, `SRV`, `0 1 8080 db`. */
export interface WrittenRecord {
  readonly name: string;
  readonly type: WrittenType;
  readonly value: string;
}

/**
 * A name as master files have it (RFC 1035 section 5.1): `@` is the origin, and a name without a
 * final dot is below it. Undefined for one that cannot be put on the wire.
 */
export function nameIn(origin: DomainName, text: string): DomainName | undefined {
  if (text === '@') return origin;
  if (text === '' || /\s/.test(text)) return undefined;
  const below = origin === '.' ? '.' : `.${origin}`;
  return domainName(FINAL_DOT.test(text) ? text : `${text}${below}`);
}

/** The record that is meant, names in it relative to `origin`; undefined when there is none. */
export function writtenRecord(
  { name, type, value }: WrittenRecord,
  origin: DomainName,
): ResourceRecord | undefined {
  const owner = nameIn(origin, name);
  return owner && recordAt(owner, type, value.trim(), origin);
}

function recordAt(
  owner: DomainName,
  type: WrittenType,
  value: string,
  origin: DomainName,
): ResourceRecord | undefined {
  switch (type) {
    case 'A':
    case 'AAAA': {
      const address = ipAddress(value);
      const isOfType = address?.family === (type === 'A' ? 4 : 6);
      return isOfType ? { type, owner, address: address.text } : undefined;
    }
    case 'CNAME':
    case 'PTR': {
      const target = nameIn(origin, value);
      return target && { type, owner, target };
    }
    case 'SRV':
      return serviceAt(owner, value, origin);
    case 'TXT':
      return Buffer.byteLength(value) > MOST_TEXT_OCTETS
        ? undefined
        : { type, owner, strings: textStrings(value) };
    default:
      return type satisfies never;
  }
}

function serviceAt(
  owner: DomainName,
  value: string,
  origin: DomainName,
): ResourceRecord | undefined {
  const fields = /^(\d{1,5})\s+(\d{1,5})\s+(\d{1,5})\s+(\S+)$/.exec(value);
  const target = fields && nameIn(origin, fields[4]);
  if (!target) return undefined;
  const [priority, weight, port] = fields.slice(1, 4).map(Number);
  if (Math.max(priority, weight, port) > 0xffff) return undefined;
  return { type: 'SRV', owner, priority, weight, port, target };
}
