import { RR_TYPE } from '../dns/index.ts';
import type { AnswerTable } from './answer-table.ts';
import type { Order } from './order.ts';
import type { ResponseDraft } from './response-draft.ts';
import type { Block } from './slab.ts';
import { NODE, RRSET, recordWords, targetWord } from './table-layout.ts';
import { compressedOctets, placeName, writeCompressed, writeWhole } from './write-name.ts';

/** Owner pointer, type, class, TTL, length. */
const RECORD_HEAD = 12;
/** Priority, weight and port of an SRV record. */
const SRV_HEAD = 6;
/** A pointer, type, class, TTL, length, IPv4 address: the usual additional record. */
const USUAL_ADDITIONAL = 16;
/** A record that does not fit may be followed by a shorter one, but we do not look for long. */
const MISFITS = 8;
/** Added to the place of a target whose addresses stand in the additional section. */
const HAS_ADDRESSES = 0x10000;

/**
 * Writes the SRV, NS, PTR or CNAME records of an RRset as answers to its owner, in the order dealt, then the
 * addresses of their targets as additional records as far as they fit (RFC 2782). What does not fit
 * of the answers truncates the response; missing additional records do not (RFC 2181 section 9).
 *
 * Targets are written whole, as RFC 2782 asks, but compressed where the message would not fit else.
 */
export function writeTargets(
  response: ResponseDraft,
  table: AnswerTable,
  owner: Block,
  rrset: Block,
  order: Order,
  ttl: number,
  withAdditionals: boolean,
): void {
  const words = table.words;
  const before = response.answers;
  const stamp = table.nextStamp();
  const count = order.begin(words, owner, rrset);
  const isTight = !fitsWhole(response, words, rrset);
  if (isTight) placeName(words, owner, response.ownerAt, stamp);
  let dealt = 0;
  let misfits = 0;
  while (dealt < count && misfits < MISFITS) {
    const place = order.deal(dealt++, count);
    if (!writeRecord(response, words, rrset, place, ttl, stamp, isTight)) misfits++;
  }
  response.isTruncated = response.answers - before < count;
  // A client that sees TC asks again by TCP.
  const hasRoom = !response.isTruncated;
  if (withAdditionals && hasRoom)
    writeAdditionals(response, table, rrset, order, dealt, ttl, stamp);
  order.end(dealt);
}

function fitsWhole(response: ResponseDraft, words: Int32Array, rrset: Block): boolean {
  const count = words[rrset + RRSET.COUNT];
  const whole = count * (RECORD_HEAD + SRV_HEAD + USUAL_ADDITIONAL);
  return response.at + whole + words[rrset + RRSET.TARGET_OCTETS] <= response.end;
}

function writeRecord(
  response: ResponseDraft,
  words: Int32Array,
  rrset: Block,
  place: number,
  ttl: number,
  stamp: number,
  isTight: boolean,
): boolean {
  const type = words[rrset + RRSET.TYPE];
  const record = rrset + RRSET.RECORDS + place * recordWords(type);
  const target = words[record + targetWord(type)];
  const nameOctets = isTight
    ? compressedOctets(words, target, stamp)
    : words[target + NODE.NAME_LENGTH];
  const rdata = type === RR_TYPE.SRV ? SRV_HEAD + nameOctets : nameOctets;
  if (response.at + RECORD_HEAD + rdata > response.end) return false;
  response.head(response.ownerAt, type, ttl, rdata);
  if (type === RR_TYPE.SRV) {
    response.word(words[record]);
    response.pair(words[record + 1]);
  }
  if (isTight) writeCompressed(response, words, target, stamp);
  else writeWhole(response, words, target, stamp);
  response.answers++;
  return true;
}

function writeAdditionals(
  response: ResponseDraft,
  table: AnswerTable,
  rrset: Block,
  order: Order,
  dealt: number,
  ttl: number,
  stamp: number,
): void {
  const words = table.words;
  const type = words[rrset + RRSET.TYPE];
  const stride = recordWords(type);
  const targets = rrset + RRSET.RECORDS + targetWord(type);
  for (let index = 0; index < dealt; index++) {
    const target = words[targets + order.dealt(index) * stride];
    // Only targets that stand in the answers have the stamp of this response.
    if (words[target + NODE.STAMP] !== stamp) continue;
    const place = words[target + NODE.PLACE];
    if ((place & HAS_ADDRESSES) !== 0) continue;
    words[target + NODE.PLACE] = place | HAS_ADDRESSES;
    let addresses = words[target + NODE.RRSETS];
    for (; addresses !== 0; addresses = words[addresses + RRSET.NEXT]) {
      writeAdditional(response, words, target, place, addresses, ttl, order);
    }
  }
}

/** All addresses of one RRset of a target; one of them, any, where not all fit; or none. */
function writeAdditional(
  response: ResponseDraft,
  words: Int32Array,
  target: Block,
  place: number,
  rrset: Block,
  ttl: number,
  order: Order,
): void {
  const type = words[rrset + RRSET.TYPE];
  if (type !== RR_TYPE.A && type !== RR_TYPE.AAAA) return;
  const count = words[rrset + RRSET.COUNT];
  const stride = recordWords(type);
  const ownerOctets = place === 0 ? words[target + NODE.NAME_LENGTH] : 2;
  const size = ownerOctets + RECORD_HEAD - 2 + stride * 4;
  if (response.at + size > response.end) return;
  const fitsWhole = response.at + count * size <= response.end;
  const taken = fitsWhole ? count : 1;
  const first = fitsWhole ? 0 : order.anyOf(count);
  let word = rrset + RRSET.RECORDS + first * stride;
  for (const end = word + taken * stride; word < end; ) {
    if (place === 0) {
      // Beyond the reach of a pointer the target is spelled out once more.
      writeWhole(response, words, target, 0);
      response.headBehindOwner(type, ttl, stride * 4);
    } else {
      response.head(place, type, ttl, stride * 4);
    }
    for (const next = word + stride; word < next; word++) response.word(words[word]);
  }
  response.additionals += taken;
}
