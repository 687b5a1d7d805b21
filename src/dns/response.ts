import { EDNS_OPTION, OPCODE, RCODE, RR_TYPE } from './codes.ts';
import type { Octets, Query } from './octets.ts';
import { HEADER_OCTETS, OPT_OCTETS } from './query-view.ts';

/** What a response of the slow path says besides the question. */
export interface ResponseParts {
  readonly rcode: number;
  readonly isAuthoritative?: boolean;
  readonly recursionAvailable?: boolean;
  /** Whole records of the answer section, to be sent as they are. */
  readonly answers?: readonly Octets[];
  /** A code of RFC 8914, told only to clients that sent an OPT record. */
  readonly extendedError?: number | undefined;
  /** A short text for the operator beside the extended error. */
  readonly extendedText?: string;
}

/** The UDP size we offer in responses of the slow path (DNS Flag Day 2020). */
const UDP_PAYLOAD = 1232;
const EXTENDED_ERROR_HEAD = 6;

/**
 * A response to a query: its question echoed octet for octet, RD and CD copied, an OPT record iff
 * the query has one. The caller sees to it that it fits the query's `maxOctets`.
 */
export function makeResponse(query: Query, parts: ResponseParts): Octets {
  const { answers = [] } = parts;
  const { end } = query.question;
  const opt = query.edns ? optRecord(query.edns.dnssecOk, parts) : new Uint8Array();
  const answerOctets = answers.reduce((sum, answer) => sum + answer.length, 0);
  const response = new Uint8Array(end + answerOctets + opt.length);
  response.set(query.octets.subarray(0, end));
  response.fill(0, 2, HEADER_OCTETS);
  response[2] = 0x80 | (query.opcode << 3) | (query.recursionDesired ? 1 : 0);
  if (parts.isAuthoritative) response[2] |= 4;
  response[3] = (parts.recursionAvailable ? 0x80 : 0) | (query.checkingDisabled ? 0x10 : 0);
  response[3] |= parts.rcode & 15;
  response[5] = 1;
  response[7] = answers.length;
  response[11] = query.edns ? 1 : 0;
  let at = end;
  for (const record of [...answers, opt]) {
    response.set(record, at);
    at += record.length;
  }
  return response;
}

/**
 * FORMERR to a message that cannot be read further than its header, of 12 octets at least; NOTIMP
 * where it has an opcode that is not ours to read (RFC 8906 section 3.1.4).
 */
export function formatError(octets: Octets): Octets {
  const isOurs = (octets[2] & 0x78) === OPCODE.QUERY;
  return emptyResponse(octets, isOurs ? RCODE.FORMERR : RCODE.NOTIMP, 0);
}

/** A header with all counts at 0, and `room` octets behind it for what the caller adds. */
export function emptyResponse(query: Octets, rcode: number, room: number): Octets {
  const response = new Uint8Array(HEADER_OCTETS + room);
  response.set(query.subarray(0, 2));
  // QR, the opcode and RD as asked.
  response[2] = 0x80 | (query[2] & 0x79);
  response[3] = rcode & 15;
  return response;
}

/** FORMERR to a query whose options cannot be read: with an OPT record (RFC 6891 section 7). */
export function badOptions(query: Query): Octets {
  return makeResponse(query, { rcode: RCODE.FORMERR });
}

/** SERVFAIL: it could not be answered now. */
export function servfail(query: Query, extendedError?: number, extendedText?: string): Octets {
  return failure(query, RCODE.SERVFAIL, extendedError, extendedText);
}

/** REFUSED: it will not be answered to this client, or by this server. */
export function refused(query: Query, extendedError?: number, extendedText?: string): Octets {
  return failure(query, RCODE.REFUSED, extendedError, extendedText);
}

/** NOTIMP: an opcode that we do not know. */
export function notImplemented(query: Query): Octets {
  return makeResponse(query, { rcode: RCODE.NOTIMP });
}

/** BADVERS: the query has a later version of EDNS than ours, 0 (RFC 6891 section 6.1.3). */
export function badVersion(query: Query): Octets {
  return makeResponse(query, { rcode: RCODE.BADVERS });
}

function failure(query: Query, rcode: number, extendedError?: number, text = ''): Octets {
  return makeResponse(query, { rcode, extendedError, extendedText: text });
}

/** The OPT record of a response, version 0 (RFC 6891 section 6.1.2). */
function optRecord(dnssecOk: boolean, parts: ResponseParts): Octets {
  const error = extendedErrorOption(parts);
  const record = new Uint8Array(OPT_OCTETS + error.length);
  const view = new DataView(record.buffer);
  view.setUint16(1, RR_TYPE.OPT);
  view.setUint16(3, UDP_PAYLOAD);
  record[5] = parts.rcode >> 4;
  record[7] = dnssecOk ? 0x80 : 0;
  view.setUint16(9, error.length);
  record.set(error, OPT_OCTETS);
  return record;
}

function extendedErrorOption({ extendedError, extendedText = '' }: ResponseParts): Octets {
  if (extendedError === undefined) return new Uint8Array();
  const text = new TextEncoder().encode(extendedText);
  const option = new Uint8Array(EXTENDED_ERROR_HEAD + text.length);
  const view = new DataView(option.buffer);
  view.setUint16(0, EDNS_OPTION.EXTENDED_ERROR);
  view.setUint16(2, 2 + text.length);
  view.setUint16(4, extendedError);
  option.set(text, EXTENDED_ERROR_HEAD);
  return option;
}
