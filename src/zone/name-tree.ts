import { foldName, isAtOrBelowOctets, KEY_WORDS, type Octets } from '../dns/index.ts';
import { NameIndex } from './name-index.ts';
import type { Block, Slab } from './slab.ts';
import { NODE, nodeWords } from './table-layout.ts';

const FIRST_SLOTS = 1024;

/**
 * The names of an answer table, each a node in the slab, with a link to the name one label up. It
 * knows which names exist (RFC 8020: also those that only have names below them), and frees a node
 * when nothing refers to it any more.
 */
export class NameTree {
  /** The node of the apex, which always exists. */
  readonly apex: Block;
  readonly #slab: Slab;
  readonly #origin: Octets;
  readonly #seed: number;
  readonly #index: NameIndex;
  readonly #key = new Int32Array(KEY_WORDS);

  constructor(slab: Slab, origin: Octets, seed: number) {
    this.#slab = slab;
    this.#origin = origin;
    this.#seed = seed;
    this.#index = new NameIndex(slab, FIRST_SLOTS);
    const readable = new Uint8Array(origin.length + 3);
    readable.set(origin);
    this.apex = this.ensure(readable, 0, origin.length);
    // The apex exists by its SOA, which is not among the RRsets: as if it had one child more.
    slab.words[this.apex + NODE.CHILDREN] = 1;
    slab.words[this.apex + NODE.REFERENCES] = 1;
  }

  /** How many nodes there are, those kept for others' sake among them. */
  get count(): number {
    return this.#index.count;
  }

  /** The node of the name in `key`, as `foldName` left it, or 0. */
  find(key: Int32Array, hash: number, nameLength: number): Block {
    return this.#index.find(key, hash, nameLength);
  }

  /** Makes room for so many names in all. */
  reserve(names: number): void {
    this.#index.reserve(names);
  }

  exists(node: Block): boolean {
    const words = this.#slab.words;
    return words[node + NODE.RRSETS] !== 0 || words[node + NODE.CHILDREN] !== 0;
  }

  /** The node of a lower-case name, made together with those above it where it is missing. */
  ensure(octets: Octets, at: number, length: number): Block {
    const hash = foldName(this.#key, octets, at, length, this.#seed);
    const found = this.#index.find(this.#key, hash, length);
    if (found !== 0) return found;
    const node = this.#makeNode(hash, length);
    const origin = this.#origin;
    if (length > origin.length && isAtOrBelowOctets(octets, at, length, origin)) {
      const label = octets[at] + 1;
      const parent = this.ensure(octets, at + label, length - label);
      this.#slab.words[node + NODE.PARENT] = parent;
      this.retain(parent);
    }
    return node;
  }

  /** To be called when a node gets its first RRset: it exists now, and so do those above it. */
  appear(node: Block): void {
    const parent = this.#slab.words[node + NODE.PARENT];
    if (parent === 0) return;
    const existed = this.exists(parent);
    this.#slab.words[parent + NODE.CHILDREN]++;
    if (!existed) this.appear(parent);
  }

  /** To be called when a node that existed does no longer. */
  vanish(node: Block): void {
    const parent = this.#slab.words[node + NODE.PARENT];
    if (parent === 0) return;
    this.#slab.words[parent + NODE.CHILDREN]--;
    if (!this.exists(parent)) this.vanish(parent);
  }

  retain(node: Block): void {
    this.#slab.words[node + NODE.REFERENCES]++;
  }

  /** Takes back one `retain`; frees the node when that was the last and it does not exist. */
  release(node: Block): void {
    const words = this.#slab.words;
    const references = --words[node + NODE.REFERENCES];
    if (references !== 0 || this.exists(node)) return;
    const parent = words[node + NODE.PARENT];
    this.#index.remove(node);
    this.#slab.release(node, nodeWords(words[node + NODE.NAME_LENGTH]));
    if (parent !== 0) this.release(parent);
  }

  #makeNode(hash: number, length: number): Block {
    const size = nodeWords(length);
    const node = this.#slab.allocate(size);
    const words = this.#slab.words;
    words.fill(0, node, node + NODE.NAME);
    words[node + NODE.NAME_LENGTH] = length;
    words[node + NODE.HASH] = hash;
    for (let word = 0; word < size - NODE.NAME; word++) {
      words[node + NODE.NAME + word] = this.#key[word];
    }
    this.#index.add(node);
    return node;
  }
}
