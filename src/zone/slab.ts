/** A block of words is found by the index of its first word; no block begins at 0. */
export type Block = number;

/** The least words a block takes; also the grain of small sizes. */
const GRAIN = 2;
/** Up to here sizes go in grains; above, four sizes to each power of two. */
const SMALL_WORDS = 128;
const SMALL_CLASSES = SMALL_WORDS / GRAIN;
const CLASSES = SMALL_CLASSES + 1 + 4 * 24;

/**
 * Memory for an answer table: blocks of 32-bit words in one ArrayBuffer. Blocks keep their place for
 * life. A freed block waits for the next one of its size, so churn among alike blocks does not
 * grow the memory. When it is full the buffer is replaced by one of twice the size; take `words`
 * anew after every `allocate`.
 */
export class Slab {
  words: Int32Array;
  #top = GRAIN;
  /** The first free block of each size class; its first word leads to the next one. */
  readonly #free = new Int32Array(CLASSES);

  constructor(words: number) {
    this.words = new Int32Array(Math.max(words, 2 * GRAIN));
  }

  /** How many octets have been handed out at any time; free blocks among them. */
  get octetsUsed(): number {
    return this.#top * Int32Array.BYTES_PER_ELEMENT;
  }

  /** A block of at least `size` words; what stands in it is left over from before. */
  allocate(size: number): Block {
    const sizeClass = classOf(size);
    const free = this.#free[sizeClass];
    if (free !== 0) {
      this.#free[sizeClass] = this.words[free];
      return free;
    }
    const block = this.#top;
    this.reserve(block + wordsOf(size));
    this.#top = block + wordsOf(size);
    return block;
  }

  /** Gives back the block `allocate` made for this very `size`. */
  release(block: Block, size: number): void {
    const sizeClass = classOf(size);
    this.words[block] = this.#free[sizeClass];
    this.#free[sizeClass] = block;
  }

  /** Makes room for so many words in all, so that growing does not happen bit by bit. */
  reserve(size: number): void {
    if (size <= this.words.length) return;
    const grown = new Int32Array(Math.max(size, 2 * this.words.length));
    grown.set(this.words.subarray(0, this.#top));
    this.words = grown;
  }
}

function wordsOf(size: number): number {
  if (size <= SMALL_WORDS) return (size + GRAIN - 1) & -GRAIN;
  const step = 1 << (29 - Math.clz32(size - 1));
  return Math.ceil(size / step) * step;
}

function classOf(size: number): number {
  if (size <= SMALL_WORDS) return (size + GRAIN - 1) >> 1;
  const power = 31 - Math.clz32(size - 1);
  return SMALL_CLASSES + 1 + ((power - 7) << 2) + (((size - 1) >> (power - 2)) & 3);
}
