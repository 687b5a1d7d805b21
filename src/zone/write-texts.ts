import type { Order } from './order.ts';
import type { ResponseDraft } from './response-draft.ts';
import type { Block } from './slab.ts';
import { RRSET, TEXT } from './table-layout.ts';

/** Owner pointer, type, class, TTL, length. */
const RECORD_HEAD = 12;

/**
 * Writes the TXT records of an RRset as answers to its owner, in the order dealt, as far as they fit; else
 * the response is truncated.
 */
export function writeTexts(
  response: ResponseDraft,
  words: Int32Array,
  owner: Block,
  rrset: Block,
  order: Order,
  ttl: number,
): void {
  const type = words[rrset + RRSET.TYPE];
  const count = order.begin(words, owner, rrset);
  let written = 0;
  for (let index = 0; index < count; index++) {
    const text = words[rrset + RRSET.RECORDS + order.deal(index, count)];
    const length = words[text + TEXT.LENGTH];
    if (response.at + RECORD_HEAD + length > response.end) continue;
    response.head(response.ownerAt, type, ttl, length);
    const { octets, at } = response;
    for (let place = 0; place < length; place++) {
      octets[at + place] = words[text + TEXT.OCTETS + (place >> 2)] >>> ((place & 3) << 3);
    }
    response.at = at + length;
    written++;
  }
  order.end(count);
  response.answers += written;
  response.isTruncated = written < count;
}
