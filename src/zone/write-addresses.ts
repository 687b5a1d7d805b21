import type { Order } from './order.ts';
import type { ResponseDraft } from './response-draft.ts';
import type { Block } from './slab.ts';
import { RRSET, recordWords } from './table-layout.ts';

/** Owner pointer, type, class, TTL, length. */
const RECORD_HEAD = 12;

/**
 * Writes the A or AAAA records of an RRset as answers to its owner, in the order dealt: `most` of them
 * (0 for all), or as many as fit, and then the response is truncated.
 */
export function writeAddresses(
  response: ResponseDraft,
  words: Int32Array,
  owner: Block,
  rrset: Block,
  order: Order,
  ttl: number,
  most: number,
): void {
  const type = words[rrset + RRSET.TYPE];
  const count = order.begin(words, owner, rrset);
  const stride = recordWords(type);
  const fitting = ((response.end - response.at) / (RECORD_HEAD + stride * 4)) | 0;
  const wanted = most !== 0 && most < count ? most : count;
  const taken = fitting < wanted ? fitting : wanted;
  for (let index = 0; index < taken; index++) {
    const record = rrset + RRSET.RECORDS + order.deal(index, count) * stride;
    response.head(response.ownerAt, type, ttl, stride * 4);
    for (let word = 0; word < stride; word++) response.word(words[record + word]);
  }
  order.end(taken);
  response.answers += taken;
  response.isTruncated = taken < wanted;
}
