import { EDNS_OPTION, RR_TYPE } from './codes.ts';
import { readName } from './name.ts';
import { wordAt } from './octet-numbers.ts';
import type { Client, Edns, Octets, Query, Question } from './octets.ts';
import { isCookieLength } from './opt-writer.ts';
import { HEADER_OCTETS, OPT_OCTETS } from './query-view.ts';

/** What a message turned out to be. Junk is an outcome here, never an exception. */
export type ReadResult =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'malformed'; readonly id: number } // answered with FORMERR
  | { readonly kind: 'bad-options'; readonly query: Query } // FORMERR, with an OPT record
  | { readonly kind: 'ignore' }; // too short, or itself a response: stay silent

/** The smallest record: root owner, type, class, TTL, length. */
const RECORD_OCTETS = 11;
const PLAIN_OCTETS = 512;
const NOTHING = { kind: 'ignore' } as const;

/**
 * Reads a query for the slow path. The header is checked before anything else, its counts against
 * the octets that are there; then one question without pointers (RFC 9619), and the other records
 * only as far as it takes to find the OPT record (RFC 6891). `maxOctets` is what the transport can
 * carry; the query's own `maxOctets` also heeds what the client offers. Options that cannot be read
 * are told apart, for RFC 6891 section 7 wants an OPT record in the response to them.
 */
export function readQuery(octets: Octets, client: Client, maxOctets: number): ReadResult {
  if (octets.length < HEADER_OCTETS || (octets[2] & 0x80) !== 0) return NOTHING;
  const id = wordAt(octets, 0);
  const question = readQuestion(octets);
  const opt = question && findOpt(octets, question.end);
  if (question === undefined || opt === 'malformed') return { kind: 'malformed', id };
  const edns = opt === 'none' ? undefined : opt;
  const query: Query = {
    octets,
    client,
    id,
    opcode: (octets[2] >> 3) & 15,
    recursionDesired: (octets[2] & 1) !== 0,
    checkingDisabled: (octets[3] & 0x10) !== 0,
    question,
    edns,
    maxOctets: client.transport === 'tcp' ? maxOctets : offered(edns, maxOctets),
  };
  return { kind: edns?.hasBadOptions ? 'bad-options' : 'query', query };
}

/** Says whether a message is a query of opcode QUERY with no question and nothing but an OPT record. */
export function isQueryWithoutQuestion(octets: Octets): boolean {
  if (octets.length < HEADER_OCTETS + OPT_OCTETS || (octets[2] & 0xf8) !== 0) return false;
  const isEmpty = (wordAt(octets, 4) | wordAt(octets, 6) | wordAt(octets, 8)) === 0;
  return isEmpty && wordAt(octets, 10) === 1;
}

function readQuestion(octets: Octets): Question | undefined {
  const records = wordAt(octets, 6) + wordAt(octets, 8) + wordAt(octets, 10);
  const isPlausible = HEADER_OCTETS + 5 + records * RECORD_OCTETS <= octets.length;
  if (wordAt(octets, 4) !== 1 || !isPlausible) return undefined;
  const read = readName(octets, HEADER_OCTETS, octets.length);
  if (read === undefined || read.next + 4 > octets.length) return undefined;
  const { name, next } = read;
  return { name, type: wordAt(octets, next), class: wordAt(octets, next + 2), end: next + 4 };
}

/**
 * Walks over all records of a message, which begin at `from` behind the question, to the one OPT
 * record in the additional section.
 */
export function findOpt(octets: Octets, from: number): Edns | 'none' | 'malformed' {
  const beforeAdditional = wordAt(octets, 6) + wordAt(octets, 8);
  const records = beforeAdditional + wordAt(octets, 10);
  let edns: Edns | 'none' = 'none';
  let at = from;
  for (let index = 0; index < records; index++) {
    const owner = at;
    at = endOfOwner(octets, at);
    if (at + 10 > octets.length) return 'malformed';
    const end = at + 10 + wordAt(octets, at + 8);
    if (end > octets.length) return 'malformed';
    if (wordAt(octets, at) === RR_TYPE.OPT) {
      const isAlone = edns === 'none' && index >= beforeAdditional && octets[owner] === 0;
      if (!isAlone) return 'malformed';
      edns = readOpt(octets, owner, end);
    }
    at = end;
  }
  return edns;
}

function readOpt(octets: Octets, at: number, end: number): Edns {
  return {
    version: octets[at + 6],
    udpPayload: wordAt(octets, at + 3),
    dnssecOk: octets[at + 7] > 0x7f,
    optionsAt: at + OPT_OCTETS,
    optionsEnd: end,
    hasBadOptions: !hasGoodOptions(octets, at + OPT_OCTETS, end),
  };
}

/** Options fill the record to its end, and a cookie has one of its lengths (RFC 7873 section 5.2.2). */
function hasGoodOptions(octets: Octets, from: number, end: number): boolean {
  let at = from;
  while (at + 4 <= end) {
    const length = wordAt(octets, at + 2);
    if (wordAt(octets, at) === EDNS_OPTION.COOKIE && !isCookieLength(length)) return false;
    at += 4 + length;
  }
  return at === end;
}

/** The offset behind a record's owner, whose pointers nobody follows; past the end when it is cut. */
export function endOfOwner(octets: Octets, from: number): number {
  let at = from;
  while (at < octets.length) {
    const length = octets[at];
    if (length === 0) return at + 1;
    if (length > 0xbf) return at + 2;
    if (length > 63) return octets.length;
    at += 1 + length;
  }
  return octets.length;
}

function offered(edns: Edns | undefined, maxOctets: number): number {
  return edns ? Math.min(Math.max(PLAIN_OCTETS, edns.udpPayload), maxOctets) : PLAIN_OCTETS;
}
