import type { DomainName, RecordType, ResourceRecord, RRset } from '../dns/index.ts';
import { firstEqual, RecordPlaces } from './record-places.ts';

/** Up to so many records are compared one by one; above, a map may pay off. */
const FEW_RECORDS = 8;
/** Up to so many an array is made anew for each record more; above, it has spare room until the end. */
export const EXACT_RECORDS = 4;

/**
 * An RRset while a publish works on it: every record with the number of sources that have it. A
 * record whose number falls to 0 stays until the end, so that taking it away and giving it back
 * changes nothing, not even the order.
 */
export class RRsetDraft {
  readonly owner: DomainName;
  readonly type: RecordType;
  readonly before: RRset | undefined;
  /** Another draft of the same owner. */
  next: RRsetDraft | undefined;
  /** How many sources each record has; undefined while that is one for all. */
  counts: readonly number[] | undefined;
  #records: ResourceRecord[];
  #ownCounts: number[] | undefined;
  #places: RecordPlaces | undefined;

  /** `counts` are those of the records of `before`. */
  constructor(
    owner: DomainName,
    type: RecordType,
    before: RRset | undefined,
    counts: readonly number[] | undefined,
  ) {
    this.owner = owner;
    this.type = type;
    this.before = before;
    this.next = undefined;
    this.counts = counts;
    this.#records = before ? [...before.records] : [];
    this.#ownCounts = counts && [...counts];
    this.#places = undefined;
  }

  add(record: ResourceRecord): void {
    const place = this.#find(record);
    if (place >= 0) {
      this.#count(place, 1);
      return;
    }
    if (this.#records.length < EXACT_RECORDS) this.#records = this.#records.concat(record);
    else this.#records.push(record);
    this.#ownCounts?.push(1);
    this.#places?.added(this.#records);
  }

  /** The record must have been added before. */
  remove(record: ResourceRecord): void {
    this.#count(this.#find(record), -1);
  }

  /**
   * The RRset as it is now: `before` itself when it has the same records, undefined when empty.
   * Afterwards `counts` belongs to it.
   */
  finish(): RRset | undefined {
    const all = this.#records;
    // What `filter` gives has spare room, which a slice of it has not: these arrays live long.
    const counts = this.#ownCounts?.filter(count => count > 0).slice();
    this.counts = counts?.some(count => count > 1) ? counts : undefined;
    const length = counts?.length ?? all.length;
    if (length === 0) return undefined;
    const known = this.before?.records.length;
    if (length === known && all.length === known) return this.before;
    return { owner: this.owner, type: this.type, records: this.#left(length) };
  }

  /** The `length` records that some source has, in an array without spare room. */
  #left(length: number): readonly ResourceRecord[] {
    const all = this.#records;
    const counts = this.#ownCounts;
    if (length < all.length && counts) return all.filter((_, place) => counts[place] > 0).slice();
    return length <= EXACT_RECORDS ? all : all.slice();
  }

  #count(place: number, change: number): void {
    this.#ownCounts ??= this.#records.map(() => 1);
    this.#ownCounts[place] += change;
  }

  #find(record: ResourceRecord): number {
    if (this.#records.length <= FEW_RECORDS) return firstEqual(this.#records, record);
    this.#places ??= new RecordPlaces();
    return this.#places.find(this.#records, record);
  }
}
