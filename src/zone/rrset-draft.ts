import type { DomainName, RecordType, ResourceRecord, RRset } from '../dns/index.ts';
import { firstEqual, RecordPlaces } from './record-places.ts';

/** Up to so many records are compared one by one; above, a map may pay off. */
const FEW_RECORDS = 8;

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
    const records = this.#records;
    if (records.length === 0) {
      // Most RRsets have one record; an array made whole has no spare room.
      this.#records = [record];
      return;
    }
    const place = this.#find(record);
    if (place >= 0) {
      this.#count(place, 1);
      return;
    }
    records.push(record);
    this.#ownCounts?.push(1);
    this.#places?.added(records);
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
    const counts = this.#ownCounts?.filter(count => count > 0);
    this.counts = counts?.some(count => count > 1) ? counts : undefined;
    const length = counts?.length ?? all.length;
    if (length === 0) return undefined;
    const known = this.before?.records.length;
    if (length === known && all.length === known) return this.before;
    const records =
      length === all.length ? all.slice() : all.filter((_, place) => this.#has(place));
    return { owner: this.owner, type: this.type, records };
  }

  #has(place: number): boolean {
    return this.#ownCounts === undefined || this.#ownCounts[place] > 0;
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
