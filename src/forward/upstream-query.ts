import { HEADER_OCTETS, type Octets, OPT_OCTETS, putWord, RR_TYPE } from '../dns/index.ts';
import type { Random } from '../runtime/index.ts';
import type { OutgoingQuery } from './channel.ts';
import { ASK_FLAG } from './question-key.ts';

/** What is asked, whoever asks: everything that makes one response differ from another. */
export interface UpstreamQuestion {
  /** Name as asked, type and class. */
  readonly octets: Octets;
  /** The ask flags. */
  readonly flags: number;
  /** EDNS options that pass through. */
  readonly options: Octets;
}

/** What we take by UDP: no fragments on any usual link (DNS Flag Day 2020). */
const UDP_PAYLOAD = 1232;

/** How a query is put; the upstream decides the first, the operator the second. */
export interface QueryManner {
  readonly withEdns: boolean;
  /** Letters in random case: the response must show the same (draft-vixie-dnsext-dns0x20). */
  readonly inRandomCase: boolean;
}

/**
 * A query of our own for a client's question: RD, CD and DO as asked; AD set, since we can tell what
 * it means in the response (RFC 6840 section 5.7); the OPT record is the hop's own.
 */
export function upstreamQuery(
  { octets: question, flags, options }: UpstreamQuestion,
  { withEdns, inRandomCase }: QueryManner,
  random: Random,
): OutgoingQuery {
  const questionEnd = HEADER_OCTETS + question.length;
  const octets = new Uint8Array(questionEnd + (withEdns ? OPT_OCTETS + options.length : 0));
  octets[2] = flags & ASK_FLAG.RD ? 0x01 : 0;
  octets[3] = 0x20 | (flags & ASK_FLAG.CD ? 0x10 : 0);
  octets[5] = 1;
  octets.set(question, HEADER_OCTETS);
  if (inRandomCase) flipLetters(octets, HEADER_OCTETS, questionEnd - 4, random);
  if (withEdns) writeOpt(octets, questionEnd, flags, options);
  return { octets, questionEnd };
}

function writeOpt(octets: Octets, at: number, flags: number, options: Octets): void {
  octets[11] = 1;
  putWord(octets, at + 1, RR_TYPE.OPT);
  putWord(octets, at + 3, UDP_PAYLOAD);
  octets[at + 7] = flags & ASK_FLAG.DO ? 0x80 : 0;
  putWord(octets, at + 9, options.length);
  octets.set(options, at + OPT_OCTETS);
}

/** Bit 5 tells the cases of an ASCII letter apart; label lengths (0 to 63) are no letters. */
function flipLetters(octets: Octets, at: number, end: number, random: Random): void {
  let bits = 0;
  for (let index = at; index < end; index++) {
    if ((index - at) % 32 === 0) bits = random.uint32();
    const isLetter = ((octets[index] | 0x20) - 0x61) >>> 0 < 26;
    if (isLetter && bits & 1) octets[index] ^= 0x20;
    bits >>>= 1;
  }
}
