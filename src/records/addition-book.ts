import type { DomainName, ResourceRecord } from '../dns/index.ts';
import { type Addition, decide, lostName, NO_WANTS, type Verdict, type Wants } from './addition.ts';
import type { MadeRecords, RecordFault } from './made-records.ts';
import type { RecordChanges } from './record-book.ts';

/** An addition, and the source that wants it. */
interface Wanted extends Addition {
  readonly source: string;
}

/** Before the source of Mesos-DNS's records that additions go with. */
const HEAD = 'added:';

const NONE: readonly never[] = [];

/**
 * Keeps additions from names that Mesos-DNS's rules give to something else, whichever came first: an
 * addition is there while no such record has its owner, and while it wins among the others. Keeps
 * what everybody wants, so that a name which becomes free is given again.
 */
export class AdditionBook {
  readonly #isReserved: (owner: DomainName) => boolean;
  /** How many records of Mesos-DNS each owner has, and those of each source. */
  readonly #taken = new Map<DomainName, number>();
  readonly #records = new Map<string, readonly ResourceRecord[]>();
  readonly #bySource = new Map<string, Wants & { readonly additions: readonly Wanted[] }>();
  readonly #byOwner = new Map<DomainName, Set<Wanted>>();
  readonly #verdicts = new Map<DomainName, Verdict>();

  constructor(isReserved: (owner: DomainName) => boolean) {
    this.#isReserved = isReserved;
  }

  /**
   * Takes the changes of Mesos-DNS's records, and for sources what they want now; gives the additions
   * of every source for which something changed.
   */
  update(
    changes: RecordChanges,
    wanted: ReadonlyMap<string, Wants>,
  ): ReadonlyMap<string, MadeRecords> {
    const owners = new Set<DomainName>();
    for (const [source, records] of changes) this.#replaceRecords(source, records, owners);
    for (const [source, wants] of wanted) this.#replaceWanted(source, wants, owners);
    const sources = new Set(wanted.keys());
    for (const owner of owners) this.#settle(owner, sources);
    return new Map(Array.from(sources, source => [`${HEAD}${source}`, this.#granted(source)]));
  }

  #replaceRecords(
    source: string,
    records: readonly ResourceRecord[],
    owners: Set<DomainName>,
  ): void {
    for (const { owner } of this.#records.get(source) ?? NONE) this.#count(owner, -1, owners);
    for (const { owner } of records) this.#count(owner, 1, owners);
    if (records.length > 0) this.#records.set(source, records);
    else this.#records.delete(source);
  }

  #count(owner: DomainName, step: 1 | -1, owners: Set<DomainName>): void {
    const count = (this.#taken.get(owner) ?? 0) + step;
    if (count === 0) this.#taken.delete(owner);
    else this.#taken.set(owner, count);
    if (this.#byOwner.has(owner)) owners.add(owner);
  }

  #replaceWanted(source: string, wants: Wants, owners: Set<DomainName>): void {
    for (const before of this.#bySource.get(source)?.additions ?? NONE) {
      for (const owner of ownersOf(before)) {
        const others = this.#byOwner.get(owner);
        others?.delete(before);
        if (others?.size === 0) this.#byOwner.delete(owner);
        owners.add(owner);
      }
    }
    const additions = wants.additions.map(addition => ({ ...addition, source }));
    for (const addition of additions) {
      for (const owner of ownersOf(addition)) {
        this.#byOwner.set(owner, (this.#byOwner.get(owner) ?? new Set()).add(addition));
        owners.add(owner);
      }
    }
    const isEmpty = additions.length + wants.faults.length === 0;
    if (!isEmpty) this.#bySource.set(source, { ...wants, additions });
    else this.#bySource.delete(source);
  }

  /** Decides about a name anew; whoever wants it is concerned when that changes. */
  #settle(owner: DomainName, sources: Set<string>): void {
    const wanted = this.#byOwner.get(owner);
    const isTaken = this.#taken.has(owner) || this.#isReserved(owner);
    const verdict = wanted && decide(wanted, isTaken);
    if (verdict === this.#verdicts.get(owner)) return;
    if (verdict === undefined) this.#verdicts.delete(owner);
    else this.#verdicts.set(owner, verdict);
    for (const { source } of wanted ?? NONE) sources.add(source);
  }

  #granted(source: string): MadeRecords {
    const records: ResourceRecord[] = [];
    const lost = new Map<string, RecordFault>();
    const { additions, faults } = this.#bySource.get(source) ?? NO_WANTS;
    for (const addition of additions) {
      const { rule, record } = addition;
      const taken = lostName(addition, name => this.#verdicts.get(name));
      if (taken) lost.set(taken.name, { cause: 'taken', what: `${rule} name ${taken.name}` });
      else records.push(record);
    }
    return { records, faults: [...faults, ...lost.values()] };
  }
}

/** The names on which it depends whether an addition is published. */
function ownersOf({ name, record: { owner } }: Addition): readonly DomainName[] {
  return name === owner ? [owner] : [name, owner];
}
