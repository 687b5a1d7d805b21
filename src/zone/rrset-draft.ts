import {
  type DomainName,
  type RecordType,
  type ResourceRecord,
  type RRset,
  recordValue,
} from '../dns/index.ts';

/** Up to so many records are searched one by one; above, a map by value pays off. */
const FEW_RECORDS = 24;
/** So many searches of a large RRset are cheaper than making the map. */
const FEW_SEARCHES = 4;

/**
 * An RRset while a publish works on it: every record with the number of sources that have it. A
 * record whose number falls to 0 stays until the end, so that taking it away and giving it back
 * changes nothing, not even the order.
 */
export class RRsetDraft {
  readonly before: RRset | undefined;
  readonly #owner: DomainName;
  readonly #type: RecordType;
  readonly #records: ResourceRecord[];
  readonly #counts: number[];
  #places: Map<string, number> | undefined;
  #searches = 0;

  /** `counts` belongs to the records of `before`; undefined means one source each. */
  constructor(owner: DomainName, type: RecordType, before?: RRset, counts?: readonly number[]) {
    this.#owner = owner;
    this.#type = type;
    this.before = before;
    this.#records = before ? [...before.records] : [];
    this.#counts = counts ? [...counts] : this.#records.map(() => 1);
  }

  get type(): RecordType {
    return this.#type;
  }

  add(record: ResourceRecord): void {
    const place = this.#find(record);
    if (place >= 0) {
      this.#counts[place]++;
      return;
    }
    this.#places?.set(recordValue(record), this.#records.length);
    this.#records.push(record);
    this.#counts.push(1);
  }

  /** The record must have been added before. */
  remove(record: ResourceRecord): void {
    this.#counts[this.#find(record)]--;
  }

  /** The RRset as it is now: `before` itself when it has the same records, undefined when empty. */
  finish(): { readonly rrset: RRset | undefined; readonly counts: readonly number[] | undefined } {
    const counts = this.#counts.filter(count => count > 0);
    if (counts.length === 0) return { rrset: undefined, counts: undefined };
    const known = this.before?.records.length ?? 0;
    const isSame = counts.length === known && this.#counts.length === known;
    const records = this.#records.filter((_, index) => this.#counts[index] > 0);
    const rrset = isSame ? this.before : { owner: this.#owner, type: this.#type, records };
    return { rrset, counts: counts.every(count => count === 1) ? undefined : counts };
  }

  #find(record: ResourceRecord): number {
    if (this.#places) return this.#places.get(recordValue(record)) ?? -1;
    if (this.#records.length > FEW_RECORDS && ++this.#searches > FEW_SEARCHES) {
      this.#places = new Map(this.#records.map((known, place) => [recordValue(known), place]));
      return this.#find(record);
    }
    return this.#records.findIndex(known => isEqual(known, record));
  }
}

/** Both records are of one owner and type. */
function isEqual(a: ResourceRecord, b: ResourceRecord): boolean {
  if (a === b) return true;
  if (a.type === 'SRV' && b.type === 'SRV' && a.port !== b.port) return false;
  return recordValue(a) === recordValue(b);
}
