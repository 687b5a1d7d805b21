import type { ResponseDraft } from './response-draft.ts';
import type { Shuffle } from './shuffle.ts';
import type { Block } from './slab.ts';
import { RRSET, TEXT } from './table-layout.ts';

/** Owner pointer, type, class, TTL, length. */
const RECORD_HEAD = 12;

/**
 * Writes the TXT records of an RRset as answers to its owner, in random order, as far as they fit; else
 * the response is truncated.
 */
export function writeTexts(
  response: ResponseDraft,
  words: Int32Array,
  rrset: Block,
  shuffle: Shuffle,
  ttl: number,
): void {
  const type = words[rrset + RRSET.TYPE];
  const count = words[rrset + RRSET.COUNT];
  let written = 0;
  shuffle.begin(count);
  for (let index = 0; index < count; index++) {
    const text = words[rrset + RRSET.RECORDS + shuffle.deal(index, count)];
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
  shuffle.end(count);
  response.answers += written;
  response.isTruncated = written < count;
}
