import {
  type DomainName,
  isAtOrBelowOctets,
  nameOctets,
  type Octets,
  RR_TYPE,
  type Serial,
  serial,
} from '../dns/index.ts';
import type { DeltaStep } from './delta.ts';
import { NameTree } from './name-tree.ts';
import { type Block, Slab } from './slab.ts';
import { OPERATION, StepReader } from './step-format.ts';
import {
  NODE,
  RRSET,
  recordWords,
  rrsetWords,
  TEXT,
  targetWord,
  textWords,
} from './table-layout.ts';

const FIRST_WORDS = 32_768;

/**
 * What an answer thread serves: every name and RRset of the zone in one ArrayBuffer. Steps are
 * applied between two queries; looking up allocates nothing. See `table-layout.ts` for the blocks.
 */
export class AnswerTable {
  readonly origin: Octets;
  /** To be given to `foldName` for names that are looked up here. */
  readonly seed: number;
  readonly #slab = new Slab(FIRST_WORDS);
  readonly #names: NameTree;
  #serial = serial(0);
  #stamp = 0;

  /** `seed` goes into the hash of every name, so that nobody can choose names that collide. */
  constructor(origin: DomainName, seed: number) {
    this.origin = nameOctets(origin);
    this.seed = seed | 0;
    this.#names = new NameTree(this.#slab, this.origin, this.seed);
  }

  /** The blocks; take it anew for each query. */
  get words(): Int32Array {
    return this.#slab.words;
  }

  get serial(): Serial {
    return this.#serial;
  }

  get apex(): Block {
    return this.#names.apex;
  }

  /** How many names are kept, existing or only referred to. */
  get nameCount(): number {
    return this.#names.count;
  }

  /** Octets of memory handed out at any time, free blocks among them. */
  get octetsUsed(): number {
    return this.#slab.octetsUsed;
  }

  /** The node of the name in `key`, as `foldName` left it with our seed, or 0. */
  find(key: Int32Array, hash: number, nameLength: number): Block {
    return this.#names.find(key, hash, nameLength);
  }

  /** Says whether a node's name exists: it has RRsets, or names below it do (RFC 8020). */
  exists(node: Block): boolean {
    return this.#names.exists(node);
  }

  /** Says whether a node's name is the apex or below it; other targets of records are not ours. */
  isOurs(node: Block): boolean {
    return node === this.apex || this.#slab.words[node + NODE.PARENT] !== 0;
  }

  /** The RRset of a type at a node, or 0. */
  rrset(node: Block, type: number): Block {
    const words = this.#slab.words;
    let rrset = words[node + NODE.RRSETS];
    while (rrset !== 0 && words[rrset + RRSET.TYPE] !== type) rrset = words[rrset + RRSET.NEXT];
    return rrset;
  }

  /** The number of a response, by which names know what was written into it; never 0. */
  nextStamp(): number {
    this.#stamp = (this.#stamp + 1) | 0 || 1;
    return this.#stamp;
  }

  /** Says whether the name at `octets[at, at + length)`, in any case, is the apex or below it. */
  holds(octets: Octets, at: number, length: number): boolean {
    return isAtOrBelowOctets(octets, at, length, this.origin);
  }

  /** Applies one step of a delta, made by `deltaSteps` or `zoneSteps` for the same origin. */
  applyStep(step: DeltaStep): void {
    const reader = new StepReader(step.octets);
    while (!reader.isAtEnd) {
      const operation = reader.octet();
      if (operation === OPERATION.SET) this.#setRRset(reader);
      else if (operation === OPERATION.REMOVE) this.#removeRRset(reader);
      else if (operation === OPERATION.SERIAL) this.#serial = serial(reader.word());
      else this.#reserve(reader);
    }
  }

  #reserve(reader: StepReader): void {
    this.#names.reserve(reader.word());
    this.#slab.reserve(reader.word());
  }

  #setRRset(reader: StepReader): void {
    const type = reader.octet();
    const owner = this.#readNode(reader);
    const rrset = this.#readRRset(reader, type);
    const existed = this.exists(owner);
    const old = this.#unlink(owner, type);
    const words = this.words;
    words[rrset + RRSET.NEXT] = words[owner + NODE.RRSETS];
    words[owner + NODE.RRSETS] = rrset;
    if (!existed) this.#names.appear(owner);
    if (old !== 0) this.#discard(old);
  }

  #removeRRset(reader: StepReader): void {
    const type = reader.octet();
    const owner = this.#readNode(reader);
    this.#names.retain(owner);
    const old = this.#unlink(owner, type);
    if (old !== 0) {
      this.#discard(old);
      if (!this.exists(owner)) this.#names.vanish(owner);
    }
    this.#names.release(owner);
  }

  /** Takes the RRset out of the node's chain and returns it, or 0. */
  #unlink(node: Block, type: number): Block {
    const words = this.words;
    let link = node + NODE.RRSETS;
    while (words[link] !== 0 && words[words[link] + RRSET.TYPE] !== type) {
      link = words[link] + RRSET.NEXT;
    }
    const rrset = words[link];
    if (rrset !== 0) words[link] = words[rrset + RRSET.NEXT];
    return rrset;
  }

  /** Gives back the memory of an RRset that no chain holds any more, and lets go of its targets. */
  #discard(rrset: Block): void {
    const words = this.words;
    const type = words[rrset + RRSET.TYPE];
    const count = words[rrset + RRSET.COUNT];
    const target = targetWord(type);
    for (let index = 0; target >= 0 && index < count; index++) {
      const record = rrset + RRSET.RECORDS + index * recordWords(type);
      this.#names.release(words[record + target]);
    }
    if (type === RR_TYPE.TXT) this.#discardTexts(rrset, count);
    this.#slab.release(rrset, rrsetWords(type, count));
  }

  #discardTexts(rrset: Block, count: number): void {
    for (let index = 0; index < count; index++) {
      const text = this.words[rrset + RRSET.RECORDS + index];
      this.#slab.release(text, textWords(this.words[text + TEXT.LENGTH]));
    }
  }

  #readRRset(reader: StepReader, type: number): Block {
    const count = reader.word();
    const rrset = this.#slab.allocate(rrsetWords(type, count));
    const stride = recordWords(type);
    const target = targetWord(type);
    let targetOctets = 0;
    let at = rrset + RRSET.RECORDS;
    for (let index = 0; index < count; index++, at += stride) {
      if (type === RR_TYPE.TXT) {
        targetOctets += this.#readText(reader, at);
        continue;
      }
      for (let word = 0; word < stride; word++) {
        if (word !== target) this.words[at + word] = reader.word();
      }
      if (target >= 0) targetOctets += this.#readTarget(reader, at + target);
    }
    this.words[rrset + RRSET.TYPE] = type;
    this.words[rrset + RRSET.COUNT] = count;
    this.words[rrset + RRSET.TARGET_OCTETS] = targetOctets;
    return rrset;
  }

  /** Links a record to its target's node and returns the octets of that name. */
  #readTarget(reader: StepReader, at: number): number {
    const node = this.#readNode(reader);
    this.#names.retain(node);
    // Making a node may have replaced `words`, so it is taken only now.
    this.words[at] = node;
    return this.words[node + NODE.NAME_LENGTH];
  }

  /** Links a record to a block with its text and returns the octets of that. */
  #readText(reader: StepReader, at: number): number {
    const length = reader.word();
    const text = this.#slab.allocate(textWords(length));
    const { words } = this;
    words[at] = text;
    words[text + TEXT.LENGTH] = length;
    for (let word = 0; word < textWords(length) - TEXT.OCTETS; word++) {
      words[text + TEXT.OCTETS + word] = 0;
    }
    for (let index = 0; index < length; index++) {
      words[text + TEXT.OCTETS + (index >> 2)] |= reader.octet() << ((index & 3) << 3);
    }
    return length;
  }

  #readNode(reader: StepReader): Block {
    const length = reader.octet();
    const at = reader.at;
    reader.at += length;
    return this.#names.ensure(reader.octets, at, length);
  }
}
