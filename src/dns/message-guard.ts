import { RR_TYPE } from './codes.ts';
import { wordAt } from './octet-numbers.ts';
import type { Octets } from './octets.ts';
import { HEADER_OCTETS } from './query-view.ts';

/** The smallest question and record: a root name (or a pointer) and the fixed fields. */
const QUESTION_OCTETS = 5;
const RECORD_OCTETS = 11;
/** A name has at most 127 labels, so no honest one takes more steps. */
const MAX_STEPS = 128;
/** Where the name begins in the rdata of the types that have one (SOA: two in a row). */
const NAMES_AT: ReadonlyMap<number, number> = new Map([
  [RR_TYPE.NS, 0],
  [RR_TYPE.CNAME, 0],
  [RR_TYPE.SOA, 0],
  [RR_TYPE.PTR, 0],
  [RR_TYPE.MX, 2],
  [RR_TYPE.SRV, 6],
  [RR_TYPE.RRSIG, 18],
]);

/**
 * Says whether a message may be given to a codec that trusts its counts and pointers: everything
 * the header promises has room, every record ends inside, and every pointer leads backwards, in few
 * steps. The cost is linear in the octets.
 */
export function isSafeMessage(octets: Octets): boolean {
  if (octets.length < HEADER_OCTETS) return false;
  const questions = wordAt(octets, 4);
  const records = wordAt(octets, 6) + wordAt(octets, 8) + wordAt(octets, 10);
  const least = HEADER_OCTETS + questions * QUESTION_OCTETS + records * RECORD_OCTETS;
  if (least > octets.length || questions > 1) return false;
  let at = HEADER_OCTETS;
  for (let index = 0; index < questions + records; index++) {
    at = endOfName(octets, at);
    const isQuestion = index < questions;
    if (at < 0 || at + (isQuestion ? 4 : 10) > octets.length) return false;
    if (!isQuestion && !hasGoodRdata(octets, wordAt(octets, at), at + 10)) return false;
    at += isQuestion ? 4 : 10 + wordAt(octets, at + 8);
  }
  return at <= octets.length;
}

/** The offset behind a name, or -1 when it is malformed or its pointers do not lead backwards. */
function endOfName(octets: Octets, from: number): number {
  let end = -1;
  let at = from;
  for (let step = 0; step < MAX_STEPS && at < octets.length; step++) {
    const length = octets[at];
    if (length === 0) return end < 0 ? at + 1 : end;
    if (length > 63) {
      const to = ((length & 0x3f) << 8) | octets[at + 1];
      if (length < 0xc0 || to >= at) return -1;
      if (end < 0) end = at + 2;
      at = to;
    } else {
      at += length + 1;
    }
  }
  return -1;
}

/** The names in the rdata at `at`, of the types whose names the codec follows. */
function hasGoodRdata(octets: Octets, type: number, at: number): boolean {
  const skipped = NAMES_AT.get(type);
  if (skipped === undefined) return true;
  const next = endOfName(octets, at + skipped);
  return next >= 0 && (type !== RR_TYPE.SOA || endOfName(octets, next) >= 0);
}
