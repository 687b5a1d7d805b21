import { HEADER_OCTETS, lowered, type Octets, RCODE } from '../dns/index.ts';
import type { ReadResponse, WireRecord } from './read-records.ts';
import { recordTail } from './rrset.ts';

/** What becomes of an unsigned response. */
export interface SignedParts {
  readonly rcode: number;
  readonly answers: readonly WireRecord[];
  readonly authorities: readonly WireRecord[];
}

const TRUNCATED = 0x02;
const AUTHORITATIVE = 0x04;
const POINTER = 0xc0;

/**
 * The response `unsigned` with other records: its header and question, then these, then its OPT
 * record. Additional records are left out, for nobody would trust them without signatures.
 */
export function signedMessage(
  unsigned: Octets,
  { questionEnd, opt }: Pick<ReadResponse, 'questionEnd' | 'opt'>,
  { rcode, answers, authorities }: SignedParts,
): Octets {
  const question = unsigned.subarray(0, questionEnd);
  const records = [...answers, ...authorities];
  const parts = records.flatMap(record => [shortOwner(record.owner, question), recordTail(record)]);
  const message = Buffer.concat([question, ...parts, opt]);
  message[3] = (message[3] & 0xf0) | (rcode & 15);
  message.writeUInt16BE(answers.length, 6);
  message.writeUInt16BE(authorities.length, 8);
  message.writeUInt16BE(opt.length > 0 ? 1 : 0, 10);
  return message;
}

/** An error in place of an answer: no records, and nothing said about the zone. */
export function errorMessage(
  unsigned: Octets,
  read: Pick<ReadResponse, 'questionEnd' | 'opt'>,
  rcode: number,
): Octets {
  const message = signedMessage(unsigned, read, { rcode, answers: [], authorities: [] });
  message[2] &= ~AUTHORITATIVE;
  return message;
}

/** The same where it does not fit: TC, and no records; a set that is cut could not be checked. */
export function truncatedMessage(
  unsigned: Octets,
  read: Pick<ReadResponse, 'questionEnd' | 'opt'>,
): Octets {
  const parts = { rcode: RCODE.NOERROR, answers: [], authorities: [] };
  const message = signedMessage(unsigned, read, parts);
  message[2] |= TRUNCATED;
  return message;
}

/** A name that is the question's, or one of its ancestors, is a pointer to where it stands there. */
function shortOwner(owner: Octets, question: Octets): Octets {
  for (let at = HEADER_OCTETS; question[at] !== 0; at += 1 + question[at]) {
    if (stands(owner, question, at)) return Uint8Array.of(POINTER | (at >> 8), at);
  }
  return owner;
}

function stands(owner: Octets, question: Octets, at: number): boolean {
  if (at + owner.length + 4 !== question.length) return false;
  return owner.every((octet, index) => {
    const asked = question[at + index];
    return octet === lowered(asked);
  });
}
