import { type ResourceRecord, recordValue, type ServiceRecord } from '../dns/index.ts';

/** So many searches of a large list are cheaper than making the map. */
const FEW_SEARCHES = 4;

/**
 * Finds a record in a large list of one owner and type by its value. A list that is searched often
 * gets a map, by the one part of the value that nearly always tells records apart.
 */
export class RecordPlaces {
  #searches = 0;
  /** The last place of each key, and for each place the one before with the same key. */
  #last: Map<string, number> | undefined;
  #earlier: number[] = [];

  /** The place of `record` in `records`, or -1. */
  find(records: readonly ResourceRecord[], record: ResourceRecord): number {
    if (this.#last === undefined) this.#consider(records);
    if (this.#last === undefined) return firstEqual(records, record);
    let place = this.#last.get(keyOf(record)) ?? -1;
    while (place >= 0 && !isEqual(records[place], record)) place = this.#earlier[place];
    return place;
  }

  /** To be called when a record was added at the end. */
  added(records: readonly ResourceRecord[]): void {
    if (this.#last !== undefined) this.#note(this.#last, records, records.length - 1);
  }

  #consider(records: readonly ResourceRecord[]): void {
    if (++this.#searches <= FEW_SEARCHES) return;
    const last = new Map<string, number>();
    this.#last = last;
    this.#earlier = [];
    for (let place = 0; place < records.length; place++) this.#note(last, records, place);
  }

  #note(last: Map<string, number>, records: readonly ResourceRecord[], place: number): void {
    const key = keyOf(records[place]);
    this.#earlier[place] = last.get(key) ?? -1;
    last.set(key, place);
  }
}

/** The place of `record` in `records`, or -1, by comparing one after another. */
export function firstEqual(records: readonly ResourceRecord[], record: ResourceRecord): number {
  for (let place = 0; place < records.length; place++) {
    if (isEqual(records[place], record)) return place;
  }
  return -1;
}

function keyOf(record: ResourceRecord): string {
  if ('target' in record) return record.target;
  return 'address' in record ? record.address : recordValue(record);
}

/** Both records are of one owner and type. */
function isEqual(a: ResourceRecord, b: ResourceRecord): boolean {
  if (a === b) return true;
  if (a.type === 'SRV' && b.type === 'SRV' && !isSameService(a, b)) return false;
  return keyOf(a) === keyOf(b);
}

function isSameService(a: ServiceRecord, b: ServiceRecord): boolean {
  return a.port === b.port && a.priority === b.priority && a.weight === b.weight;
}
