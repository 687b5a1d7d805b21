import { RR_TYPE } from './codes.ts';
import { MAX_LABEL_OCTETS, MAX_NAME_OCTETS } from './name.ts';
import { KEY_WORDS } from './name-key.ts';
import type { Octets } from './octets.ts';

/** The header of every message (RFC 1035 section 4.1.1). */
export const HEADER_OCTETS = 12;
/** The smallest message with a question: header, root name, type, class. */
const SMALLEST_QUERY = HEADER_OCTETS + 5;
/** QR and opcode of the third header octet. */
const RESPONSE_OR_OPCODE = 0xf8;
/** An OPT record without options: root name, type, size, extended flags, length (RFC 6891). */
export const OPT_OCTETS = 11;

/**
 * A query as the hot path sees it, read in place. One object a thread, filled again for each query,
 * so that reading allocates nothing. All offsets are offsets in the octets it was read from.
 */
export class QueryView {
  /** Octets of the name asked for, the root's zero octet among them; it begins behind the header. */
  nameLength = 0;
  /** The offset behind the question. */
  questionEnd = 0;
  type = 0;
  class = 0;
  hasOpt = false;
  /** From the OPT record; meaningless without one. */
  ednsVersion = 0;
  udpPayload = 0;
  dnssecOk = false;
  optionsAt = 0;
  optionsEnd = 0;
  /** Room for the lower-cased name; filled by `foldName`. */
  readonly key = new Int32Array(KEY_WORDS);
}

/** What `scanQuery` found. */
export const SCAN = {
  /** Under 12 octets, or itself a response: nobody may answer it. */
  SILENCE: -1,
  /** Malformed or unusual: the slow path looks closer. */
  UNUSUAL: 0,
  /** An ordinary query: opcode QUERY, one question, at most an OPT record behind it. */
  QUERY: 1,
} as const;

/**
 * Reads the query at `octets[start, end)` into `view`. Only the common shape is accepted here; what
 * is rare or wrong is left to `readQuery`, which knows the reasons.
 */
export function scanQuery(view: QueryView, octets: Octets, start: number, end: number): number {
  if (end - start < HEADER_OCTETS || octets[start + 2] > 0x7f) return SCAN.SILENCE;
  if (end - start < SMALLEST_QUERY || !hasCommonHeader(octets, start)) return SCAN.UNUSUAL;
  let at = start + HEADER_OCTETS;
  for (let length = octets[at]; length !== 0; length = octets[at]) {
    at += length + 1;
    if (length > MAX_LABEL_OCTETS || at >= end) return SCAN.UNUSUAL;
  }
  const questionEnd = at + 5;
  view.nameLength = at + 1 - start - HEADER_OCTETS;
  if (view.nameLength > MAX_NAME_OCTETS || questionEnd > end) return SCAN.UNUSUAL;
  view.questionEnd = questionEnd;
  view.type = (octets[at + 1] << 8) | octets[at + 2];
  view.class = (octets[at + 3] << 8) | octets[at + 4];
  view.hasOpt = octets[start + 11] === 1;
  return !view.hasOpt || scanOpt(view, octets, questionEnd, end) ? SCAN.QUERY : SCAN.UNUSUAL;
}

/** Opcode QUERY, one question, no answers, no authority, at most one additional record. */
function hasCommonHeader(octets: Octets, start: number): boolean {
  const counts =
    octets[start + 4] |
    (octets[start + 5] ^ 1) |
    octets[start + 6] |
    octets[start + 7] |
    octets[start + 8] |
    octets[start + 9] |
    octets[start + 10] |
    (octets[start + 11] & 0xfe);
  return ((octets[start + 2] & RESPONSE_OR_OPCODE) | counts) === 0;
}

function scanOpt(view: QueryView, octets: Octets, at: number, end: number): boolean {
  if (at + OPT_OCTETS > end || octets[at] !== 0) return false;
  if (octets[at + 1] !== 0 || octets[at + 2] !== RR_TYPE.OPT) return false;
  view.udpPayload = (octets[at + 3] << 8) | octets[at + 4];
  view.ednsVersion = octets[at + 6];
  view.dnssecOk = octets[at + 7] > 0x7f;
  view.optionsAt = at + OPT_OCTETS;
  view.optionsEnd = view.optionsAt + ((octets[at + 9] << 8) | octets[at + 10]);
  return view.optionsEnd <= end;
}
