import { EDNS_OPTION } from './codes.ts';
import { putWord, wordAt } from './octet-numbers.ts';
import type { Octets } from './octets.ts';
import { findOpt } from './query.ts';
import { HEADER_OCTETS } from './query-view.ts';

/** Responses are padded to a multiple of so many octets (RFC 8467 section 4.1). */
const BLOCK_OCTETS = 468;
const OPTION_HEAD = 4;
/** By how much a response may grow. */
export const MOST_PADDING_OCTETS = BLOCK_OCTETS + OPTION_HEAD;

/**
 * Pads the response in `room[0, length)` to whole blocks where its query carries the padding option
 * (RFC 7830), so that its length tells an observer of an encrypted stream little. Returns the new
 * length. A response stays as it is when it has no OPT record, when something stands behind that
 * (a signature), or when there is no room.
 */
export function padResponse(query: Octets, room: Octets, length: number): number {
  if (!wantsPadding(query)) return length;
  const response = room.subarray(0, length);
  const opt = findOpt(response, behindQuestion(response));
  if (typeof opt === 'string' || opt.optionsEnd !== length) return length;
  const least = length + OPTION_HEAD;
  const padded = Math.min(Math.ceil(least / BLOCK_OCTETS) * BLOCK_OCTETS, room.length);
  if (padded < least) return length;
  putWord(room, length, EDNS_OPTION.PADDING);
  putWord(room, length + 2, padded - least);
  room.fill(0, least, padded);
  putWord(room, opt.optionsAt - 2, padded - opt.optionsAt);
  return padded;
}

function wantsPadding(query: Octets): boolean {
  const opt = findOpt(query, behindQuestion(query));
  if (typeof opt === 'string' || opt.hasBadOptions) return false;
  for (let at = opt.optionsAt; at < opt.optionsEnd; at += OPTION_HEAD + wordAt(query, at + 2)) {
    if (wordAt(query, at) === EDNS_OPTION.PADDING) return true;
  }
  return false;
}

/** The name of a question is no pointer: `scanQuery` and `readQuery` see to that. */
function behindQuestion(message: Octets): number {
  if (wordAt(message, 4) === 0) return HEADER_OCTETS;
  let at = HEADER_OCTETS;
  while (at < message.length && message[at] !== 0) at += 1 + message[at];
  return at + 5;
}
