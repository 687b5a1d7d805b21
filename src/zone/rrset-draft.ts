import type { DomainName, RecordType, ResourceRecord, RRset } from '../dns/index.ts';
import { RecordPlaces } from './record-places.ts';

/**
 * An RRset while a publish works on it: every record with the number of sources that have it. A
 * record whose number falls to 0 stays until the end, so that taking it away and giving it back
 * changes nothing, not even the order.
 */
export class RRsetDraft {
  readonly type: RecordType;
  readonly before: RRset | undefined;
  /** Another draft of the same owner. */
  readonly next: RRsetDraft | undefined;
  readonly #owner: DomainName;
  #records: ResourceRecord[];
  /** By record; undefined while every record has one source. */
  #counts: number[] | undefined;
  readonly #places: RecordPlaces;

  /** `counts` are those of the records of `before`. */
  constructor(
    owner: DomainName,
    type: RecordType,
    before: RRset | undefined,
    counts: readonly number[] | undefined,
    next: RRsetDraft | undefined,
  ) {
    this.#owner = owner;
    this.type = type;
    this.before = before;
    this.next = next;
    this.#records = before ? [...before.records] : [];
    this.#counts = counts && [...counts];
    this.#places = new RecordPlaces();
  }

  add(record: ResourceRecord): void {
    const place = this.#places.find(this.#records, record);
    if (place >= 0) {
      this.#ownCounts()[place]++;
      return;
    }
    // Most RRsets have one record; an array made whole has no spare room.
    if (this.#records.length === 0) this.#records = [record];
    else this.#records.push(record);
    this.#counts?.push(1);
    this.#places.added(this.#records);
  }

  /** The record must have been added before. */
  remove(record: ResourceRecord): void {
    const place = this.#places.find(this.#records, record);
    this.#ownCounts()[place]--;
  }

  /** The RRset as it is now: `before` itself when it has the same records, undefined when empty. */
  finish(): { readonly rrset: RRset | undefined; readonly counts: readonly number[] | undefined } {
    const counts = this.#counts?.filter(count => count > 0);
    const length = counts?.length ?? this.#records.length;
    if (length === 0) return { rrset: undefined, counts: undefined };
    const known = this.before?.records.length;
    const isSame = length === known && this.#records.length === known;
    const rrset = isSame ? this.before : this.#made(length);
    return { rrset, counts: counts?.every(count => count === 1) ? undefined : counts };
  }

  #made(length: number): RRset {
    const all = this.#records;
    const records =
      length === all.length ? all.slice() : all.filter((_, index) => this.#counts?.[index] !== 0);
    return { owner: this.#owner, type: this.type, records };
  }

  #ownCounts(): number[] {
    this.#counts ??= this.#records.map(() => 1);
    return this.#counts;
  }
}
