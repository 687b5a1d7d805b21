import {
  HEADER_OCTETS,
  longAt,
  MAX_LABEL_OCTETS,
  MAX_NAME_OCTETS,
  type Octets,
  RR_TYPE,
  wordAt,
} from '../dns/index.ts';

/** A name has at most 127 labels, so an honest one needs no more pointers than that. */
export const MAX_HOPS = 127;

/** Where in a message a record stands. */
export type Section = 'answer' | 'authority' | 'additional';

/** Where a record lies in its message; offsets from the message's first octet. */
export interface RecordPlace {
  readonly section: Section;
  readonly ownerAt: number;
  /** Type, class, TTL and data length stand here, behind the owner: ten octets. */
  readonly fixedAt: number;
  readonly type: number;
  readonly class: number;
  /** Seconds; one with the highest bit set counts as zero (RFC 2181 section 8). */
  readonly ttl: number;
  readonly dataAt: number;
  readonly end: number;
}

/** A response whose every record lies inside its octets, with the offsets of each. */
export interface UpstreamMessage {
  readonly octets: Octets;
  readonly questionEnd: number;
  /** All records but OPT, in the order of the message. */
  readonly records: readonly RecordPlace[];
  readonly opt: RecordPlace | undefined;
  /** With the upper eight bits from OPT (RFC 6891 section 6.1.3). */
  readonly rcode: number;
}

/**
 * Reads the outline of a response with one question; undefined when a count, a name or a length
 * does not hold. Names may point backwards only. The work is bounded by the octets: each record
 * takes at least eleven, each name at most 255 steps.
 */
export function readUpstreamMessage(octets: Octets): UpstreamMessage | undefined {
  if (octets.length < HEADER_OCTETS || wordAt(octets, 4) !== 1) return undefined;
  const nameEnd = skipName(octets, HEADER_OCTETS);
  const questionEnd = nameEnd + 4;
  if (nameEnd < 0 || questionEnd > octets.length) return undefined;
  const all = readRecords(octets, questionEnd);
  if (!all) return undefined;
  const records = all.filter(record => record.type !== RR_TYPE.OPT);
  const opt = all.find(({ type }) => type === RR_TYPE.OPT);
  const isOptOdd = all.length - records.length > 1 || (opt && opt.section !== 'additional');
  if (isOptOdd) return undefined;
  const upperRcode = opt ? octets[opt.fixedAt + 4] : 0;
  return { octets, questionEnd, records, opt, rcode: (upperRcode << 4) | (octets[3] & 0x0f) };
}

function readRecords(octets: Octets, start: number): RecordPlace[] | undefined {
  const answers = wordAt(octets, 6);
  const authorities = answers + wordAt(octets, 8);
  const total = authorities + wordAt(octets, 10);
  if (start + total * 11 > octets.length) return undefined;
  const records: RecordPlace[] = [];
  for (let at = start, index = 0; index < total; index++) {
    const section = index < answers ? 'answer' : index < authorities ? 'authority' : 'additional';
    const record = readRecord(octets, at, section);
    if (!record) return undefined;
    records.push(record);
    at = record.end;
  }
  return records;
}

function readRecord(octets: Octets, at: number, section: Section): RecordPlace | undefined {
  const fixedAt = skipName(octets, at);
  const dataAt = fixedAt + 10;
  if (fixedAt < 0 || dataAt > octets.length) return undefined;
  const end = dataAt + wordAt(octets, fixedAt + 8);
  if (end > octets.length) return undefined;
  const ttl = longAt(octets, fixedAt + 4);
  return {
    section,
    ownerAt: at,
    fixedAt,
    type: wordAt(octets, fixedAt),
    class: wordAt(octets, fixedAt + 2),
    ttl: ttl < 2 ** 31 ? ttl : 0,
    dataAt,
    end,
  };
}

/**
 * The offset behind the name at `at`, -1 when it is malformed. Each pointer must lead to before the
 * place the part it ends began (RFC 1035 section 4.1.4, "prior occurrence"), so the walk ends.
 */
export function skipName(octets: Octets, at: number): number {
  let partAt = at;
  let index = at;
  let end = -1;
  let length = 0;
  let hops = 0;
  for (;;) {
    if (index >= octets.length) return -1;
    const label = octets[index];
    if (label >= 0xc0) {
      if (index + 2 > octets.length) return -1;
      if (end < 0) end = index + 2;
      const target = wordAt(octets, index) & 0x3fff;
      if (target >= partAt || target < HEADER_OCTETS || ++hops > MAX_HOPS) return -1;
      partAt = target;
      index = target;
    } else if (label > MAX_LABEL_OCTETS) {
      return -1;
    } else {
      index += label + 1;
      length += label + 1;
      if (length > MAX_NAME_OCTETS) return -1;
      if (label === 0) return end < 0 ? index : end;
    }
  }
}
