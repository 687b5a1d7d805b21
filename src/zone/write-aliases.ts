import { RR_TYPE } from '../dns/index.ts';
import type { ResponseDraft } from './response-draft.ts';
import type { Block } from './slab.ts';
import { NODE, RRSET } from './table-layout.ts';
import { writeWhole } from './write-name.ts';

/** Owner pointer, type, class, TTL, length. */
const RECORD_HEAD = 12;
/** Aliases that lead in a circle, or on and on, are followed so far. */
const MOST_ALIASES = 8;

/** Says whether a name is an alias: then nothing else stands at it. */
export function isAlias(words: Int32Array, node: Block): boolean {
  const rrset = words[node + NODE.RRSETS];
  return rrset !== 0 && words[rrset + RRSET.TYPE] === RR_TYPE.CNAME;
}

/**
 * Writes the CNAME records from an alias on, as far as they fit, and returns the name they lead to,
 * which from then on is the owner of answers (RFC 1034 section 4.3.2).
 */
export function writeAliases(
  response: ResponseDraft,
  words: Int32Array,
  alias: Block,
  ttl: number,
): Block {
  let node = alias;
  for (let count = 0; count < MOST_ALIASES && isAlias(words, node); count++) {
    const target = words[words[node + NODE.RRSETS] + RRSET.RECORDS];
    const length = words[target + NODE.NAME_LENGTH];
    if (response.at + RECORD_HEAD + length > response.end) {
      response.isTruncated = true;
      return node;
    }
    response.head(response.ownerAt, RR_TYPE.CNAME, ttl, length);
    // Few and in front, so all of them are in a pointer's reach.
    response.ownerAt = response.at - response.start;
    writeWhole(response, words, target, 0);
    response.answers++;
    node = target;
  }
  return node;
}
