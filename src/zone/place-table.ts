import {
  addressOctets,
  isMapped,
  longAt,
  type Network,
  type Octets,
  prefixMask,
} from '../dns/index.ts';
import type { DeltaStep } from './delta.ts';
import { PLACE_OPERATION, type Place } from './place-steps.ts';
import { StepReader } from './step-format.ts';

/** Where the addresses of a network are that are not known one by one. */
export interface PlacedNetwork {
  readonly network: Network;
  readonly place: Place;
}

/**
 * The words of a slot. An address is four words, its first octet highest; of IPv4 only the first
 * counts, the others are 0. `FAMILY` is 4 or 16, the octets of the address; 0 in an empty slot.
 */
const SLOT = { FAMILY: 0, ADDRESS: 1, AGENT: 5, ZONE: 6, REGION: 7, WORDS: 8 } as const;
const FIRST_SLOTS = 1024;

/** A network as words to compare; longer prefixes come first. */
interface NetworkWords {
  readonly family: number;
  readonly bits: number;
  readonly masks: Int32Array;
  readonly words: Int32Array;
  readonly place: Place;
}

/**
 * Where each address is, as an answer thread has it: open addressing with linear probing, at most
 * half full; removal shifts the followers back. Looking up allocates nothing and leaves what it
 * found in `agent`, `zone` and `region`.
 */
export class PlaceTable {
  /** Of the address last looked up; 0 is unknown. */
  agent = 0;
  zone = 0;
  region = 0;
  readonly #seed: number;
  readonly #networks: readonly NetworkWords[];
  readonly #key = new Int32Array(4);
  #words = new Int32Array(FIRST_SLOTS * SLOT.WORDS);
  #mask = FIRST_SLOTS - 1;
  #count = 0;

  /** `seed` goes into every hash, so that nobody can choose addresses that collide. */
  constructor(networks: readonly PlacedNetwork[], seed: number) {
    this.#seed = seed | 0;
    this.#networks = networks.map(networkWords).sort((one, other) => other.bits - one.bits);
  }

  /** How many addresses are known one by one. */
  get count(): number {
    return this.#count;
  }

  /** Applies one step made by `placeSteps`. */
  applyStep(step: DeltaStep): void {
    const reader = new StepReader(step.octets);
    while (!reader.isAtEnd) {
      const operation = reader.octet();
      const family = this.#readKey(reader);
      if (operation === PLACE_OPERATION.SET) this.#set(reader, family);
      else this.#remove(family);
    }
  }

  /**
   * Looks up an address of which the first `bits` are known: `octets[at, at + length)`. One of which
   * a part is known can only lie in a network. Says whether anything is known of its place.
   */
  findOctets(octets: Octets, at: number, length: 4 | 16, bits: number): boolean {
    // IPv4-mapped addresses count as IPv4.
    if (length === 16 && bits === 128 && isMapped(octets, at)) {
      return this.findOctets(octets, at + 12, 4, 32);
    }
    const key = this.#key;
    key.fill(0);
    for (let word = 0; 4 * word < length; word++) key[word] = longAt(octets, at + 4 * word);
    return this.#find(length, bits);
  }

  /** Looks up the address of an A or AAAA record, which begins at `words[at]`; `count` is 1 or 4. */
  findWords(words: Int32Array, at: number, count: number): boolean {
    const key = this.#key;
    for (let word = 0; word < 4; word++) key[word] = word < count ? words[at + word] : 0;
    return this.#find(4 * count, 32 * count);
  }

  #find(family: number, bits: number): boolean {
    const at = bits === 8 * family ? this.#slotOf(family) : -1;
    if (at >= 0 && this.#words[at + SLOT.FAMILY] !== 0) {
      const words = this.#words;
      return this.#found(words[at + SLOT.AGENT], words[at + SLOT.ZONE], words[at + SLOT.REGION]);
    }
    for (const network of this.#networks) {
      if (network.family !== family || network.bits > bits || !holds(network, this.#key)) continue;
      const { agent, zone, region } = network.place;
      return this.#found(agent, zone, region);
    }
    return this.#found(0, 0, 0);
  }

  #found(agent: number, zone: number, region: number): boolean {
    this.agent = agent;
    this.zone = zone;
    this.region = region;
    return (agent | zone | region) !== 0;
  }

  /** The slot of the address in the key, or the empty one where it belongs. */
  #slotOf(family: number): number {
    const words = this.#words;
    let slot = this.#home(family, this.#key, 0);
    for (;;) {
      const at = slot * SLOT.WORDS;
      if (words[at + SLOT.FAMILY] === 0 || this.#isAt(at, family)) return at;
      slot = (slot + 1) & this.#mask;
    }
  }

  #isAt(at: number, family: number): boolean {
    const words = this.#words;
    const key = this.#key;
    return (
      words[at + SLOT.FAMILY] === family &&
      words[at + SLOT.ADDRESS] === key[0] &&
      words[at + SLOT.ADDRESS + 1] === key[1] &&
      words[at + SLOT.ADDRESS + 2] === key[2] &&
      words[at + SLOT.ADDRESS + 3] === key[3]
    );
  }

  #home(family: number, words: Int32Array, at: number): number {
    let hash = this.#seed ^ family;
    for (let word = 0; word < 4; word++) {
      hash = Math.imul(hash ^ words[at + word], 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash & this.#mask;
  }

  #readKey(reader: StepReader): number {
    const family = reader.octet();
    this.#key.fill(0);
    for (let word = 0; 4 * word < family; word++) this.#key[word] = reader.word();
    return family;
  }

  #set(reader: StepReader, family: number): void {
    if (2 * (this.#count + 1) > this.#mask + 1) this.#grow();
    const at = this.#slotOf(family);
    const words = this.#words;
    if (words[at + SLOT.FAMILY] === 0) {
      words[at + SLOT.FAMILY] = family;
      words.set(this.#key, at + SLOT.ADDRESS);
      this.#count++;
    }
    words[at + SLOT.AGENT] = reader.word();
    words[at + SLOT.ZONE] = reader.word();
    words[at + SLOT.REGION] = reader.word();
  }

  #remove(family: number): void {
    const words = this.#words;
    let hole = this.#slotOf(family);
    if (words[hole + SLOT.FAMILY] === 0) return;
    const mask = this.#mask;
    for (let slot = (hole / SLOT.WORDS + 1) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * SLOT.WORDS;
      if (words[at + SLOT.FAMILY] === 0) break;
      // One may fill the hole when that is no further from home than where it stands now.
      const home = this.#home(words[at + SLOT.FAMILY], words, at + SLOT.ADDRESS);
      if (((slot - home) & mask) < ((slot - hole / SLOT.WORDS) & mask)) continue;
      words.copyWithin(hole, at, at + SLOT.WORDS);
      hole = at;
    }
    words.fill(0, hole, hole + SLOT.WORDS);
    this.#count--;
  }

  #grow(): void {
    const old = this.#words;
    const key = this.#key.slice();
    this.#words = new Int32Array(2 * old.length);
    this.#mask = 2 * (this.#mask + 1) - 1;
    for (let at = 0; at < old.length; at += SLOT.WORDS) {
      if (old[at + SLOT.FAMILY] === 0) continue;
      this.#key.set(old.subarray(at + SLOT.ADDRESS, at + SLOT.AGENT));
      this.#words.set(old.subarray(at, at + SLOT.WORDS), this.#slotOf(old[at + SLOT.FAMILY]));
    }
    this.#key.set(key);
  }
}

function networkWords({ network: { address, bits }, place }: PlacedNetwork): NetworkWords {
  const octets = addressOctets(address);
  const masks = new Int32Array(4);
  const words = new Int32Array(4);
  for (let word = 0; 4 * word < octets.length; word++) {
    masks[word] = prefixMask(bits, word);
    words[word] = longAt(octets, 4 * word) & masks[word];
  }
  return { family: octets.length, bits, masks, words, place };
}

function holds({ masks, words }: NetworkWords, key: Int32Array): boolean {
  for (let word = 0; word < 4; word++) {
    if ((key[word] & masks[word]) !== words[word]) return false;
  }
  return true;
}
