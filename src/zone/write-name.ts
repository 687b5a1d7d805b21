import { unpackWord } from '../dns/index.ts';
import type { ResponseDraft } from './response-draft.ts';
import type { Block } from './slab.ts';
import { NODE } from './table-layout.ts';

/**
 * Names as nodes in a response. A node with the stamp of the response stands in it `PLACE` octets
 * behind the start; place 0 means it does, but out of a pointer's reach (RFC 1035 section 4.1.4).
 */
const POINTER_REACH = 0x4000;

/** Notes that a name, and with it all names above it, stands `offset` octets behind the start. */
export function placeName(words: Int32Array, name: Block, offset: number, stamp: number): void {
  let place = offset;
  for (let node = name; node !== 0; ) {
    const parent = words[node + NODE.PARENT];
    words[node + NODE.STAMP] = stamp;
    words[node + NODE.PLACE] = place;
    if (parent !== 0) place += words[node + NODE.NAME_LENGTH] - words[parent + NODE.NAME_LENGTH];
    node = parent;
  }
}

/** Writes a name without compression, and notes its place unless it stands there already. */
export function writeWhole(
  response: ResponseDraft,
  words: Int32Array,
  name: Block,
  stamp: number,
): void {
  if (stamp !== 0 && words[name + NODE.STAMP] !== stamp) notePlace(response, words, name, stamp);
  const length = words[name + NODE.NAME_LENGTH];
  const { octets, view } = response;
  let at = response.at;
  let word = name + NODE.NAME;
  for (const end = at + (length & ~3); at < end; at += 4) {
    view.setInt32(at, words[word++], true);
  }
  if ((length & 3) !== 0) unpackWord(octets, at, words[word], length & 3);
  response.at += length;
}

/** Octets that `writeCompressed` will write. */
export function compressedOctets(words: Int32Array, name: Block, stamp: number): number {
  const length = words[name + NODE.NAME_LENGTH];
  for (let node = name; node !== 0; node = words[node + NODE.PARENT]) {
    if (isInReach(words, node, stamp)) return length - words[node + NODE.NAME_LENGTH] + 2;
  }
  return length;
}

/** Writes the labels of a name that do not stand in the response yet, then a pointer to the rest. */
export function writeCompressed(
  response: ResponseDraft,
  words: Int32Array,
  name: Block,
  stamp: number,
): void {
  for (let node = name; node !== 0; ) {
    if (isInReach(words, node, stamp)) {
      response.pair(0xc000 | words[node + NODE.PLACE]);
      return;
    }
    const parent = words[node + NODE.PARENT];
    notePlace(response, words, node, stamp);
    const rest = parent === 0 ? 0 : words[parent + NODE.NAME_LENGTH];
    const { octets } = response;
    for (let index = 0; index < words[node + NODE.NAME_LENGTH] - rest; index++) {
      octets[response.at++] = words[node + NODE.NAME + (index >> 2)] >>> ((index & 3) << 3);
    }
    node = parent;
  }
}

function isInReach(words: Int32Array, node: Block, stamp: number): boolean {
  return words[node + NODE.STAMP] === stamp && words[node + NODE.PLACE] !== 0;
}

function notePlace(response: ResponseDraft, words: Int32Array, name: Block, stamp: number): void {
  const place = response.at - response.start;
  words[name + NODE.STAMP] = stamp;
  words[name + NODE.PLACE] = place < POINTER_REACH ? place : 0;
}
