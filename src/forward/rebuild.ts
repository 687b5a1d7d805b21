import { HEADER_OCTETS, type Octets, putWord, RR_TYPE } from '../dns/index.ts';
import { MessageNames } from './message-names.ts';
import {
  type RecordPlace,
  type Section,
  skipName,
  type UpstreamMessage,
} from './message-reader.ts';

/** Which octets of a record's data are names that may be compressed: those before, and how many. */
interface DataLayout {
  readonly before: number;
  readonly names: number;
}

/** The types whose names a sender may have compressed (RFC 1035 section 3.3, RFC 3597 section 4). */
const LAYOUTS: ReadonlyMap<number, DataLayout> = new Map([
  [RR_TYPE.NS, { before: 0, names: 1 }],
  [RR_TYPE.CNAME, { before: 0, names: 1 }],
  [RR_TYPE.SOA, { before: 0, names: 2 }],
  [RR_TYPE.PTR, { before: 0, names: 1 }],
  [RR_TYPE.MX, { before: 2, names: 1 }],
  [RR_TYPE.SRV, { before: 6, names: 1 }],
  [RR_TYPE.DNAME, { before: 0, names: 1 }],
  [7, { before: 0, names: 1 }], // MB
  [8, { before: 0, names: 1 }], // MG
  [9, { before: 0, names: 1 }], // MR
  [14, { before: 0, names: 2 }], // MINFO
  [17, { before: 0, names: 2 }], // RP
  [18, { before: 2, names: 1 }], // AFSDB
  [21, { before: 2, names: 1 }], // RT
  [26, { before: 2, names: 2 }], // PX
  [36, { before: 2, names: 1 }], // KX
]);

const MAX_MESSAGE_OCTETS = 65_535;
/** The length of a record's data stands so far behind its owner. */
const DATA_LENGTH_AT = 8;

/**
 * A response with only the records `kept`, their names written out in full: what a record pointed at
 * may be gone. Undefined when a name is broken or the whole would pass 65,535 octets.
 */
export function rebuild(
  message: UpstreamMessage,
  kept: readonly RecordPlace[],
): Octets | undefined {
  const names = new MessageNames(message.octets);
  const parts: Octets[] = [message.octets.subarray(0, message.questionEnd)];
  let length = message.questionEnd;
  for (const record of kept) {
    const part = wholeRecord(message.octets, record, names);
    length += part?.length ?? 0;
    if (!part || length > MAX_MESSAGE_OCTETS) return undefined;
    parts.push(part);
  }
  const octets = Buffer.concat(parts);
  putCounts(octets, kept);
  return octets;
}

/** Writes the three counts of records into a header. */
export function putCounts(octets: Octets, records: readonly RecordPlace[]): void {
  const count = (section: Section) => records.filter(record => record.section === section).length;
  putWord(octets, 6, count('answer'));
  putWord(octets, 8, count('authority'));
  putWord(octets, 10, count('additional'));
}

function wholeRecord(octets: Octets, record: RecordPlace, names: MessageNames): Octets | undefined {
  const owner = wholeOwner(octets, record.ownerAt, names);
  const data = wholeData(octets, record, names);
  if (!owner || !data) return undefined;
  const whole = Buffer.concat([owner, octets.subarray(record.fixedAt, record.dataAt), data]);
  putWord(whole, owner.length + DATA_LENGTH_AT, data.length);
  return whole;
}

/** The question stays where it was, so a pointer to it stays good and keeps the message small. */
function wholeOwner(octets: Octets, at: number, names: MessageNames): Octets | undefined {
  if (octets[at] === 0xc0 && octets[at + 1] === HEADER_OCTETS) return octets.subarray(at, at + 2);
  return wholeName(names, at);
}

function wholeData(octets: Octets, record: RecordPlace, names: MessageNames): Octets | undefined {
  const layout = LAYOUTS.get(record.type);
  if (!layout) return octets.subarray(record.dataAt, record.end);
  let at = record.dataAt + layout.before;
  const parts = [octets.subarray(record.dataAt, at)];
  for (let index = 0; index < layout.names; index++) {
    const name = wholeName(names, at);
    if (!name) return undefined;
    parts.push(name);
    at = skipName(octets, at);
  }
  // Names known already take no hops to read, so `skipName` may still refuse one.
  if (at < 0 || at > record.end) return undefined;
  return Buffer.concat([...parts, octets.subarray(at, record.end)]);
}

function wholeName(names: MessageNames, at: number): Octets | undefined {
  const name = names.at(at);
  return name === undefined ? undefined : Buffer.from(name, 'latin1');
}
