import { HEADER_OCTETS, longAt, lowered, type Octets, RR_TYPE, wordAt } from '../dns/index.ts';

/** A record in its canonical form (RFC 4034 section 6.2): names in lower case, without pointers. */
export interface WireRecord {
  readonly owner: Octets;
  readonly type: number;
  readonly ttl: number;
  readonly rdata: Octets;
}

/** A response of ours, taken apart. */
export interface ReadResponse {
  readonly answers: readonly WireRecord[];
  readonly authorities: readonly WireRecord[];
  /** The OPT record as it stands, if there is one. */
  readonly opt: Octets;
  /** The offset behind the question. */
  readonly questionEnd: number;
}

const RECORD_HEAD = 10;
const SRV_HEAD = 6;
const SOA_NAMES = 2;

/** Reads a response that this process wrote: well-formed, and with one question. */
export function readResponse(octets: Octets): ReadResponse {
  const questionEnd = readName(octets, HEADER_OCTETS).next + 4;
  let at = questionEnd;
  const section = (count: number) =>
    Array.from({ length: count }, () => {
      const { record, next } = readRecord(octets, at);
      at = next;
      return record;
    });
  const answers = section(wordAt(octets, 6));
  const authorities = section(wordAt(octets, 8));
  let opt = octets.subarray(0, 0);
  for (let left = wordAt(octets, 10); left > 0; left--) {
    const { record, next } = readRecord(octets, at);
    if (record.type === RR_TYPE.OPT) opt = octets.slice(at, next);
    at = next;
  }
  return { answers, authorities, opt, questionEnd };
}

/** The name at an offset, in lower case and without pointers, and the offset behind it. */
export function readName(octets: Octets, from: number): { name: Octets; next: number } {
  const labels: number[] = [];
  let at = from;
  let next = -1;
  for (;;) {
    const length = octets[at];
    if (length >= 0xc0) {
      if (next < 0) next = at + 2;
      at = wordAt(octets, at) & 0x3fff;
      continue;
    }
    labels.push(length);
    if (length === 0) break;
    for (let index = 1; index <= length; index++) labels.push(lowered(octets[at + index]));
    at += 1 + length;
  }
  return { name: Uint8Array.from(labels), next: next < 0 ? at + 1 : next };
}

function readRecord(octets: Octets, from: number): { record: WireRecord; next: number } {
  const { name: owner, next: at } = readName(octets, from);
  const type = wordAt(octets, at);
  const ttl = longAt(octets, at + 4);
  const next = at + RECORD_HEAD + wordAt(octets, at + 8);
  const rdata = canonicalRdata(octets, type, at + RECORD_HEAD, next);
  return { record: { owner, type, ttl, rdata }, next };
}

function canonicalRdata(octets: Octets, type: number, at: number, end: number): Octets {
  switch (type) {
    case RR_TYPE.NS:
    case RR_TYPE.PTR:
    case RR_TYPE.CNAME:
      return readName(octets, at).name;
    case RR_TYPE.SRV:
      return Buffer.concat([
        octets.subarray(at, at + SRV_HEAD),
        readName(octets, at + SRV_HEAD).name,
      ]);
    case RR_TYPE.SOA:
      return withNames(octets, at, end, SOA_NAMES);
    default:
      return octets.slice(at, end);
  }
}

/** So many names, then what stands behind them. */
function withNames(octets: Octets, from: number, end: number, count: number): Octets {
  const parts: Octets[] = [];
  let at = from;
  for (let index = 0; index < count; index++) {
    const { name, next } = readName(octets, at);
    parts.push(name);
    at = next;
  }
  return Buffer.concat([...parts, octets.subarray(at, end)]);
}
