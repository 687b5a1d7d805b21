import type { Block, Slab } from './slab.ts';
import { NODE } from './table-layout.ts';

/** Words of a slot: the name's hash, and its node (0 in an empty slot). */
const SLOT_WORDS = 2;

/**
 * Finds nodes by name: open addressing with linear probing, at most half full, in a block of the
 * slab. Removal shifts the followers back, so there are no tombstones to wade through.
 */
export class NameIndex {
  readonly #slab: Slab;
  #block: Block;
  #mask: number;
  #count = 0;

  /** `slots` is a power of two. */
  constructor(slab: Slab, slots: number) {
    this.#slab = slab;
    this.#mask = slots - 1;
    this.#block = emptyBlock(slab, slots);
  }

  get count(): number {
    return this.#count;
  }

  /** The node of the name in `key`, as `foldName` left it, or 0. */
  find(key: Int32Array, hash: number, nameLength: number): Block {
    const words = this.#slab.words;
    const block = this.#block;
    const mask = this.#mask;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const node = words[block + slot * SLOT_WORDS + 1];
      if (node === 0) return 0;
      if (words[block + slot * SLOT_WORDS] !== hash) continue;
      if (isNamed(words, node, key, nameLength)) return node;
    }
  }

  /** Adds a node whose name is not yet there. */
  add(node: Block): void {
    if (2 * (this.#count + 1) > this.#mask + 1) this.#resize(2 * (this.#mask + 1));
    this.#count++;
    this.#put(this.#slab.words[node + NODE.HASH], node);
  }

  remove(node: Block): void {
    const words = this.#slab.words;
    const mask = this.#mask;
    let hole = words[node + NODE.HASH] & mask;
    while (words[this.#block + hole * SLOT_WORDS + 1] !== node) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
      const at = this.#block + slot * SLOT_WORDS;
      if (words[at + 1] === 0) break;
      // A node may fill the hole when that is no further from home than where it stands now.
      const distance = (slot - words[at]) & mask;
      if (distance < ((slot - hole) & mask)) continue;
      words.copyWithin(this.#block + hole * SLOT_WORDS, at, at + SLOT_WORDS);
      hole = slot;
    }
    words.fill(0, this.#block + hole * SLOT_WORDS, this.#block + (hole + 1) * SLOT_WORDS);
    this.#count--;
  }

  /** Makes room for so many names in all. */
  reserve(names: number): void {
    const slots = 2 ** Math.ceil(Math.log2(2 * names));
    if (slots > this.#mask + 1) this.#resize(slots);
  }

  #resize(slots: number): void {
    const old = this.#block;
    const oldSlots = this.#mask + 1;
    this.#block = emptyBlock(this.#slab, slots);
    this.#mask = slots - 1;
    const words = this.#slab.words;
    for (let at = old; at < old + oldSlots * SLOT_WORDS; at += SLOT_WORDS) {
      if (words[at + 1] !== 0) this.#put(words[at], words[at + 1]);
    }
    this.#slab.release(old, oldSlots * SLOT_WORDS);
  }

  #put(hash: number, node: Block): void {
    const words = this.#slab.words;
    let slot = hash & this.#mask;
    while (words[this.#block + slot * SLOT_WORDS + 1] !== 0) slot = (slot + 1) & this.#mask;
    words[this.#block + slot * SLOT_WORDS] = hash;
    words[this.#block + slot * SLOT_WORDS + 1] = node;
  }
}

function emptyBlock(slab: Slab, slots: number): Block {
  const block = slab.allocate(slots * SLOT_WORDS);
  slab.words.fill(0, block, block + slots * SLOT_WORDS);
  return block;
}

function isNamed(words: Int32Array, node: Block, key: Int32Array, nameLength: number): boolean {
  if (words[node + NODE.NAME_LENGTH] !== nameLength) return false;
  const name = node + NODE.NAME;
  for (let word = (nameLength - 1) >> 2; word >= 0; word--) {
    if (words[name + word] !== key[word]) return false;
  }
  return true;
}
