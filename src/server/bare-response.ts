import {
  EDNS_OPTION,
  EXTENDED_ERROR_OCTETS,
  HEADER_OCTETS,
  type Octets,
  OPT_OCTETS,
  RR_TYPE,
} from '../dns/index.ts';

/**
 * The longest query taken by UDP, in octets. What a client has reason to send (padding and
 * signatures included) is far below; longer ones are FORMERR without being read.
 */
export const MAX_DATAGRAM_OCTETS = 2048;

const QUESTION_TAIL_OCTETS = 4;
const UDP_PAYLOAD = 1232;

/** What a response without any record says. */
export interface BareResponse {
  readonly rcode: number;
  readonly isTruncated?: boolean;
  /** An extended error (RFC 8914), told to clients that sent an OPT record. */
  readonly extendedError?: number;
}

/**
 * Writes the header alone, for messages not worth reading: id, opcode and RD of the query, and the
 * response code. Returns 12, or -1 (silence) for what is itself a response or too short.
 */
export function writeHeader(
  query: Octets,
  start: number,
  end: number,
  response: Octets,
  at: number,
  { rcode, isTruncated = false }: BareResponse,
): number {
  if (end - start < HEADER_OCTETS || (query[start + 2] & 0x80) !== 0) return -1;
  response[at] = query[start];
  response[at + 1] = query[start + 1];
  // QR, the opcode and RD as asked; AA, RA, AD and CD clear.
  response[at + 2] = 0x80 | (query[start + 2] & 0x79) | (isTruncated ? 2 : 0);
  response[at + 3] = rcode & 15;
  response.fill(0, at + 4, at + HEADER_OCTETS);
  return HEADER_OCTETS;
}

/**
 * Writes a response of header and question, with an OPT record iff the query has one. A query whose
 * question cannot be read gets the header alone. Allocates nothing; needs 12 octets of room more
 * than the question at least, which a query always leaves.
 */
export function writeBareResponse(
  query: Octets,
  start: number,
  end: number,
  response: Octets,
  at: number,
  bare: BareResponse,
): number {
  const header = writeHeader(query, start, end, response, at, bare);
  const questionEnd = header < 0 ? 0 : endOfQuestion(query, start, end);
  if (questionEnd === 0) return header;
  for (let from = start + HEADER_OCTETS; from < questionEnd; from++) {
    response[at + from - start] = query[from];
  }
  response[at + 5] = 1;
  const length = questionEnd - start;
  return hasOpt(query, start, questionEnd, end)
    ? length + writeOpt(response, at, length, bare.extendedError)
    : length;
}

/** The offset behind the one question; 0 when there is none, or several, or it cannot be read. */
function endOfQuestion(query: Octets, start: number, end: number): number {
  if (query[start + 4] !== 0 || query[start + 5] !== 1) return 0;
  let at = start + HEADER_OCTETS;
  while (at < end && query[at] !== 0) {
    if (query[at] > 63) return 0;
    at += query[at] + 1;
  }
  const questionEnd = at + 1 + QUESTION_TAIL_OCTETS;
  return questionEnd <= end && at - start - HEADER_OCTETS < 255 ? questionEnd : 0;
}

/** Says whether an OPT record follows the question, where every client puts it. */
function hasOpt(query: Octets, start: number, at: number, end: number): boolean {
  for (let count = start + 6; count < start + 10; count++) if (query[count] !== 0) return false;
  return (
    at + OPT_OCTETS <= end &&
    query[at] === 0 &&
    query[at + 1] === 0 &&
    query[at + 2] === RR_TYPE.OPT
  );
}

function writeOpt(response: Octets, at: number, from: number, extendedError?: number): number {
  const opt = at + from;
  const optionOctets = extendedError === undefined ? 0 : EXTENDED_ERROR_OCTETS;
  response[at + 11] = 1;
  response.fill(0, opt, opt + OPT_OCTETS);
  response[opt + 2] = RR_TYPE.OPT;
  response[opt + 3] = UDP_PAYLOAD >> 8;
  response[opt + 4] = UDP_PAYLOAD & 255;
  response[opt + 10] = optionOctets;
  if (extendedError === undefined) return OPT_OCTETS;
  const option = opt + OPT_OCTETS;
  response[option] = 0;
  response[option + 1] = EDNS_OPTION.EXTENDED_ERROR;
  response[option + 2] = 0;
  response[option + 3] = 2;
  response[option + 4] = extendedError >> 8;
  response[option + 5] = extendedError & 255;
  return OPT_OCTETS + EXTENDED_ERROR_OCTETS;
}
