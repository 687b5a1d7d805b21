import { type Octets, RR_CLASS } from '../dns/index.ts';
import type { WireRecord } from './read-records.ts';

/** The records of one owner and type, in the order they are told. */
export type WireRRset = readonly [WireRecord, ...WireRecord[]];

const RECORD_HEAD = 10;

/** Puts records that stand together by owner and type. */
export function rrsetsOf(records: readonly WireRecord[]): readonly WireRRset[] {
  const sets: [WireRecord, ...WireRecord[]][] = [];
  for (const record of records) {
    const last = sets.at(-1);
    const isSame =
      last && last[0].type === record.type && Buffer.compare(last[0].owner, record.owner) === 0;
    if (isSame) last.push(record);
    else sets.push([record]);
  }
  return sets;
}

/** What a signature is made over, behind its own rdata: the records in order (RFC 4034 section 6.3). */
export function canonicalOctets(rrset: WireRRset): Octets {
  const ordered = rrset.toSorted((a, b) => Buffer.compare(a.rdata, b.rdata));
  return Buffer.concat(ordered.flatMap(record => [record.owner, recordTail(record)]));
}

/** A record from its type on. */
export function recordTail({ type, ttl, rdata }: WireRecord): Octets {
  const tail = Buffer.alloc(RECORD_HEAD + rdata.length);
  tail.writeUInt16BE(type, 0);
  tail.writeUInt16BE(RR_CLASS.IN, 2);
  tail.writeUInt32BE(ttl, 4);
  tail.writeUInt16BE(rdata.length, 8);
  tail.set(rdata, RECORD_HEAD);
  return tail;
}

/** How many labels a name has, the root not among them. */
export function labelCount(name: Octets): number {
  let count = 0;
  for (let at = 0; name[at] !== 0; at += 1 + name[at]) count++;
  return count;
}
