import type { DomainName, RecordType, ResourceRecord, RRset } from '../dns/index.ts';
import { firstEqual, RecordPlaces } from './record-places.ts';
import { EXACT_RECORDS } from './rrset-draft.ts';

/** An RRset that still takes records. */
interface OpenRRset {
  readonly owner: DomainName;
  readonly type: RecordType;
  records: ResourceRecord[];
}

/**
 * The names of the first version of a zone, whose RRsets are filled where they stand: the drafts that
 * a change takes are, for a whole zone, a quarter of the memory and of the time.
 */
export class FirstNames {
  readonly names = new Map<DomainName, OpenRRset | OpenRRset[]>();
  /** How many sources each record of an RRset has; missing where that is one for all. */
  readonly counts = new Map<RRset, number[]>();
  /** Of RRsets with more records than an array is made anew for. */
  readonly #places = new Map<OpenRRset, RecordPlaces>();

  add(records: readonly ResourceRecord[]): void {
    for (const record of records) this.#add(record);
  }

  /** Every RRset, none with spare room; to be called once, at the end. */
  finish(): readonly RRset[] {
    for (const rrset of this.#places.keys()) rrset.records = rrset.records.slice();
    const all: RRset[] = [];
    for (const node of this.names.values()) {
      if (Array.isArray(node)) all.push(...node);
      else all.push(node);
    }
    return all;
  }

  #add(record: ResourceRecord): void {
    const { owner, type } = record;
    const node = this.names.get(owner);
    if (node === undefined) {
      this.names.set(owner, { owner, type, records: [record] });
      return;
    }
    const rrset = ofType(node, type);
    if (rrset) this.#addTo(rrset, record);
    else this.names.set(owner, [{ owner, type, records: [record] }].concat(node));
  }

  #addTo(rrset: OpenRRset, record: ResourceRecord): void {
    const { records } = rrset;
    const places = this.#places.get(rrset);
    const place = places ? places.find(records, record) : firstEqual(records, record);
    if (place >= 0) {
      this.#count(rrset, place);
      return;
    }
    this.counts.get(rrset)?.push(1);
    if (records.length < EXACT_RECORDS) {
      rrset.records = records.concat(record);
      return;
    }
    records.push(record);
    if (places) places.added(records);
    else this.#places.set(rrset, new RecordPlaces());
  }

  #count(rrset: OpenRRset, place: number): void {
    const counts = this.counts.get(rrset) ?? rrset.records.map(() => 1);
    counts[place]++;
    this.counts.set(rrset, counts);
  }
}

function ofType(node: OpenRRset | OpenRRset[], type: RecordType): OpenRRset | undefined {
  if (Array.isArray(node)) return node.find(one => one.type === type);
  return node.type === type ? node : undefined;
}
