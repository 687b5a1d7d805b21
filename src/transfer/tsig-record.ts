import { type DomainName, type Octets, RR_CLASS, RR_TYPE, readName } from '../dns/index.ts';

/** A TSIG record as it stands in a message (RFC 8945 section 4.2). */
export interface TsigRecord {
  /** The offset of the record in the message. */
  readonly at: number;
  readonly keyName: DomainName;
  readonly algorithm: DomainName;
  /** Seconds since the Unix epoch. */
  readonly timeSigned: number;
  readonly fudgeSeconds: number;
  readonly mac: Octets;
  readonly originalId: number;
  readonly error: number;
  readonly other: Octets;
}

/** What the search for a signature came to. */
export type TsigSearch =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'found'; readonly record: TsigRecord };

/** Finds the TSIG record of a message: the last one of the additional section, and no other. */
export function findTsig(message: Octets): TsigSearch {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const questions = view.getUint16(4);
  const records = view.getUint16(6) + view.getUint16(8) + view.getUint16(10);
  let at = 12;
  for (let question = 0; question < questions; question++) {
    const next = skipName(message, at);
    if (next === undefined || next + 4 > message.length) return { kind: 'malformed' };
    at = next + 4;
  }
  for (let index = 0; index < records; index++) {
    const fixed = skipName(message, at);
    if (fixed === undefined || fixed + 10 > message.length) return { kind: 'malformed' };
    const end = fixed + 10 + view.getUint16(fixed + 8);
    if (end > message.length) return { kind: 'malformed' };
    if (view.getUint16(fixed) === RR_TYPE.TSIG) {
      const isLast = index === records - 1 && end === message.length && view.getUint16(10) > 0;
      const record = isLast ? readTsig(message, view, at, fixed, end) : undefined;
      return record ? { kind: 'found', record } : { kind: 'malformed' };
    }
    at = end;
  }
  return { kind: 'unsigned' };
}

function readTsig(
  message: Octets,
  view: DataView,
  at: number,
  fixed: number,
  end: number,
): TsigRecord | undefined {
  const key = readName(message, at, end);
  const algorithm = readName(message, fixed + 10, end);
  if (!key || !algorithm || view.getUint16(fixed + 2) !== RR_CLASS.ANY) return undefined;
  const times = algorithm.next;
  if (times + 10 > end) return undefined;
  const macEnd = times + 10 + view.getUint16(times + 8);
  if (macEnd + 6 > end) return undefined;
  const otherEnd = macEnd + 6 + view.getUint16(macEnd + 4);
  if (otherEnd !== end) return undefined;
  return {
    at,
    keyName: key.name,
    algorithm: algorithm.name,
    timeSigned: view.getUint16(times) * 2 ** 32 + view.getUint32(times + 2),
    fudgeSeconds: view.getUint16(times + 6),
    mac: message.slice(times + 10, macEnd),
    originalId: view.getUint16(macEnd),
    error: view.getUint16(macEnd + 2),
    other: message.slice(macEnd + 6, otherEnd),
  };
}

/** The offset behind a name, compressed or not; a pointer ends it. */
function skipName(message: Octets, start: number): number | undefined {
  for (let at = start; at < message.length; ) {
    const length = message[at];
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    if (length > 63) return undefined;
    at += 1 + length;
  }
  return undefined;
}
