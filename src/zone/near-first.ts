import { type ClientSubnet, type ClientView, RR_TYPE } from '../dns/index.ts';
import type { Counters } from '../runtime/index.ts';
import type { AnswerTable } from './answer-table.ts';
import { NEAREST_COUNTERS, type ZoneCounter } from './counters.ts';
import type { Order } from './order.ts';
import type { PlaceTable } from './place-table.ts';
import type { Shuffle } from './shuffle.ts';
import type { Block } from './slab.ts';
import { NODE, RRSET, recordWords, targetWord } from './table-layout.ts';

/** How answers prefer instances near the client. */
export interface Locality {
  readonly places: PlaceTable;
  /** Whether only the nearest instances are told, or all of them in the order of their distance. */
  readonly isFilter: boolean;
  /** For whom a forwarder asks; undefined where none is believed. */
  readonly subnet: ClientSubnet | undefined;
}

/** How far a record is from the client: on the same agent, in its zone, its region, elsewhere. */
const TIERS = 4;
const ELSEWHERE = TIERS - 1;
const FIRST_PLACES = 1024;
/** The first two octets of the labels `_tcp` and `_udp`: a length of 4, an underscore. */
const PROTOCOL_LABEL = 4 | (0x5f << 8);

/**
 * Deals the nearest records first: those on the client's own agent, then those in its zone, in its
 * region, elsewhere, each tier shuffled by itself. An SRV record is where its target's addresses are.
 * A client whose place is not known gets all in random order. As a filter it deals the nearest tier
 * alone, which always holds a record; but all at names right below the domain, as `slave` is, which
 * lists machines.
 */
export class NearFirst implements Order {
  readonly #locality: Locality;
  readonly #table: AnswerTable;
  readonly #client: ClientView;
  readonly #shuffle: Shuffle;
  readonly #counts: Float64Array;
  readonly #slots: readonly number[];
  /** The places by tier; those dealt stand in the order they were dealt in. */
  #places = new Int32Array(FIRST_PLACES);
  #tiers = new Uint8Array(FIRST_PLACES);
  /** Where each tier ends among the places. */
  readonly #ends = new Int32Array(TIERS);
  readonly #next = new Int32Array(TIERS);
  #tier = 0;
  #agent = 0;
  #zone = 0;
  #region = 0;

  constructor(
    locality: Locality,
    table: AnswerTable,
    client: ClientView,
    shuffle: Shuffle,
    { values, slot }: Counters<ZoneCounter>,
  ) {
    this.#locality = locality;
    this.#table = table;
    this.#client = client;
    this.#shuffle = shuffle;
    this.#counts = values;
    this.#slots = NEAREST_COUNTERS.map(name => slot[name]);
  }

  begin(words: Int32Array, owner: Block, rrset: Block): number {
    const count = words[rrset + RRSET.COUNT];
    this.#tier = 0;
    if (count > this.#places.length) this.#reserve(2 * count);
    if (count < 2 || !isOfPlaces(words[rrset + RRSET.TYPE]) || !this.#findClient()) {
      return this.#keepTogether(count);
    }
    this.#sort(words, rrset, count);
    let nearest = 0;
    while (this.#ends[nearest] === 0) nearest++;
    this.#counts[this.#slots[nearest]]++;
    const isWhole = !this.#locality.isFilter || this.#isBelowApex(words, owner);
    return isWhole ? count : this.#ends[nearest];
  }

  deal(dealt: number): number {
    const places = this.#places;
    while (dealt >= this.#ends[this.#tier]) this.#tier++;
    const left = this.#ends[this.#tier] - dealt;
    const other = left > 1 ? dealt + this.#shuffle.anyOf(left) : dealt;
    const place = places[other];
    places[other] = places[dealt];
    places[dealt] = place;
    return place;
  }

  anyOf(count: number): number {
    return this.#shuffle.anyOf(count);
  }

  dealt(dealt: number): number {
    return this.#places[dealt];
  }

  /** The places are written anew for each RRset. */
  end(): void {}

  /** Where the client is; false when that is not known, and what is told then is for everybody. */
  #findClient(): boolean {
    const { places, subnet } = this.#locality;
    const { octets, at, length } = this.#client;
    let isKnown: boolean;
    if (subnet?.isShown) {
      subnet.narrow();
      isKnown = places.findOctets(subnet.address, 0, subnet.length, subnet.sourceBits);
    } else {
      isKnown = places.findOctets(octets, at, length, 8 * length);
    }
    this.#agent = places.agent;
    this.#zone = places.zone;
    this.#region = places.region;
    if (!isKnown) this.#counts[this.#slots[TIERS]]++;
    return isKnown;
  }

  /** All places in one tier. */
  #keepTogether(count: number): number {
    for (let index = 0; index < count; index++) this.#places[index] = index;
    this.#ends.fill(count);
    return count;
  }

  /** Places by tier: a counting sort. */
  #sort(words: Int32Array, rrset: Block, count: number): void {
    const tiers = this.#tiers;
    const ends = this.#ends;
    const next = this.#next;
    ends.fill(0);
    for (let index = 0; index < count; index++) {
      tiers[index] = this.#tierOf(words, rrset, index);
      ends[tiers[index]]++;
    }
    for (let tier = 0, start = 0; tier < TIERS; tier++) {
      next[tier] = start;
      start += ends[tier];
      ends[tier] = start;
    }
    for (let index = 0; index < count; index++) this.#places[next[tiers[index]]++] = index;
  }

  #tierOf(words: Int32Array, rrset: Block, index: number): number {
    const type = words[rrset + RRSET.TYPE];
    const record = rrset + RRSET.RECORDS + index * recordWords(type);
    if (type !== RR_TYPE.SRV) return this.#tierOfAddress(words, record, recordWords(type));
    const target = words[record + targetWord(type)];
    let tier = ELSEWHERE;
    let addresses = words[target + NODE.RRSETS];
    for (; addresses !== 0; addresses = words[addresses + RRSET.NEXT]) {
      const family = words[addresses + RRSET.TYPE];
      if (family !== RR_TYPE.A && family !== RR_TYPE.AAAA) continue;
      // Of a target with several addresses of a family, the first stands for all.
      const own = this.#tierOfAddress(words, addresses + RRSET.RECORDS, recordWords(family));
      if (own < tier) tier = own;
    }
    return tier;
  }

  #tierOfAddress(words: Int32Array, at: number, count: number): number {
    const { places } = this.#locality;
    if (!places.findWords(words, at, count)) return ELSEWHERE;
    if (this.#agent !== 0 && places.agent === this.#agent) return 0;
    if (this.#zone !== 0 && places.zone === this.#zone) return 1;
    return this.#region !== 0 && places.region === this.#region ? 2 : ELSEWHERE;
  }

  /** Says whether a name is right below the domain, as `slave` is, or the ports of one (`_slave._tcp`). */
  #isBelowApex(words: Int32Array, owner: Block): boolean {
    const { apex } = this.#table;
    const parent = words[owner + NODE.PARENT];
    if (parent === apex) return true;
    const isProtocol = (words[parent + NODE.NAME] & 0xffff) === PROTOCOL_LABEL;
    return isProtocol && words[parent + NODE.PARENT] === apex;
  }

  #reserve(count: number): void {
    this.#places = new Int32Array(count);
    this.#tiers = new Uint8Array(count);
  }
}

function isOfPlaces(type: number): boolean {
  return type === RR_TYPE.A || type === RR_TYPE.AAAA || type === RR_TYPE.SRV;
}
