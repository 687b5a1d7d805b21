import {
  type DomainName,
  isAtOrBelow,
  nextSerial,
  type RecordType,
  type ResourceRecord,
  type RRset,
  type Serial,
  type StartOfAuthority,
} from '../dns/index.ts';
import type { ZoneDelta } from './delta.ts';
import { FirstNames } from './first-names.ts';
import { NameDraft, type Node, rrsetsOf } from './name-draft.ts';
import type { RRsetDraft } from './rrset-draft.ts';
import type { Zone } from './zone.ts';

/** The source of what the zone has by itself: the NS record of the apex. */
const OWN_SOURCE = '';

/** What a zone is from the start. */
export interface CurrentZoneOptions {
  readonly origin: DomainName;
  readonly soa: StartOfAuthority;
  /** The serial of the zone served before a restart, so that the next one is newer. */
  readonly previousSerial?: Serial | undefined;
}

/** The two lists of a delta. */
type Changed = Pick<ZoneDelta, 'removed' | 'added'>;

const NONE: readonly never[] = [];

const noRecords = (): Record<RecordType, number> => {
  return { A: 0, AAAA: 0, CNAME: 0, NS: 0, PTR: 0, SRV: 0, TXT: 0 };
};

/**
 * The zone published now: the one mutable cell of the control side. Records are known by their
 * source (a task, an agent, ...); equal records of several sources are one record. The cost of a
 * publish follows what changed, not the size of the zone.
 */
export class CurrentZone {
  /** The zone as readers see it. */
  readonly zone: Zone;
  /** Drafts stand among the nodes only while a publish works. */
  #names = new Map<DomainName, Node | NameDraft>();
  readonly #sources = new Map<string, readonly ResourceRecord[]>();
  /** How many sources each record of an RRset has; missing where that is one for all. */
  #counts = new Map<RRset, readonly number[]>();
  readonly #recordCounts = noRecords();
  readonly #apex: readonly ResourceRecord[];
  #serial: Serial | undefined;
  readonly #previousSerial: Serial | undefined;

  constructor({ origin, soa, previousSerial }: CurrentZoneOptions) {
    this.#previousSerial = previousSerial;
    this.#apex = [{ type: 'NS', owner: origin, target: soa.primary }];
    this.zone = this.#view(origin, soa);
  }

  /**
   * Replaces the records of each source in `changes`; an empty list removes the source. Returns the
   * difference, or undefined when no RRset changed: then the serial stays as it is. The first
   * publish always makes a version, even of an empty zone. All owners are at or below the origin.
   */
  publish(
    changes: ReadonlyMap<string, readonly ResourceRecord[]>,
    unixSeconds: number,
  ): ZoneDelta | undefined {
    const from = this.#serial;
    const { removed, added } = from === undefined ? this.#begin(changes) : this.#changeAll(changes);
    if (removed.length === 0 && added.length === 0) return undefined;
    const to = nextSerial(from ?? this.#previousSerial, unixSeconds);
    this.#serial = to;
    return { from, to, removed, added };
  }

  /** The first version of all. */
  #begin(changes: ReadonlyMap<string, readonly ResourceRecord[]>): Changed {
    const first = new FirstNames();
    this.#sources.set(OWN_SOURCE, this.#apex);
    for (const [source, records] of changes) {
      if (records.length > 0) this.#sources.set(source, records);
    }
    for (const records of this.#sources.values()) first.add(records);
    const added = first.finish();
    this.#names = first.names;
    this.#counts = first.counts;
    for (const { type, records } of added) this.#recordCounts[type] += records.length;
    return { removed: NONE, added };
  }

  #changeAll(changes: ReadonlyMap<string, readonly ResourceRecord[]>): Changed {
    const drafts: NameDraft[] = [];
    for (const [source, records] of changes) this.#change(drafts, source, records);
    const removed: RRset[] = [];
    const added: RRset[] = [];
    for (const draft of drafts) this.#settle(draft, removed, added);
    return { removed, added };
  }

  #change(drafts: NameDraft[], source: string, records: readonly ResourceRecord[]): void {
    const old = this.#sources.get(source) ?? NONE;
    for (const record of old) this.#draft(drafts, record).remove(record);
    for (const record of records) this.#draft(drafts, record).add(record);
    if (records.length === 0) this.#sources.delete(source);
    else this.#sources.set(source, records);
  }

  #draft(drafts: NameDraft[], { owner, type }: ResourceRecord): RRsetDraft {
    const known = this.#names.get(owner);
    if (known instanceof NameDraft) return known.rrset(type, this.#counts);
    // One string a name, however many records it had: the one it is known by.
    const name = new NameDraft(known ? rrsetsOf(known)[0].owner : owner, known);
    this.#names.set(name.owner, name);
    drafts.push(name);
    return name.rrset(type, this.#counts);
  }

  /** Makes the drafts of a name current, and notes what that changes. */
  #settle({ owner, node, first }: NameDraft, removed: RRset[], added: RRset[]): void {
    // One RRset, and nothing beside it: so are nearly all names.
    if (first && !first.next && (node === undefined || node === first.before)) {
      this.#keep(owner, this.#finish(first, removed, added));
      return;
    }
    const now: RRset[] = [];
    const drafted = new Set<RecordType>();
    for (let draft = first; draft; draft = draft.next) {
      const rrset = this.#finish(draft, removed, added);
      if (rrset) now.push(rrset);
      drafted.add(draft.type);
    }
    for (const rrset of rrsetsOf(node)) if (!drafted.has(rrset.type)) now.push(rrset);
    this.#keep(owner, now.length > 1 ? now : now[0]);
  }

  #keep(owner: DomainName, node: Node | undefined): void {
    if (node === undefined) this.#names.delete(owner);
    else this.#names.set(owner, node);
  }

  /** The RRset that a draft has become; undefined when nothing is left of it. */
  #finish(draft: RRsetDraft, removed: RRset[], added: RRset[]): RRset | undefined {
    const { before, type } = draft;
    const rrset = draft.finish();
    if (before && before !== rrset) {
      this.#counts.delete(before);
      this.#recordCounts[type] -= before.records.length;
      removed.push(before);
    }
    if (rrset && before !== rrset) {
      this.#recordCounts[type] += rrset.records.length;
      added.push(rrset);
    }
    if (rrset && draft.counts) this.#counts.set(rrset, draft.counts);
    else if (rrset && this.#counts.size > 0) this.#counts.delete(rrset);
    return rrset;
  }

  #view(origin: DomainName, soa: StartOfAuthority): Zone {
    const names = () => this.#names;
    const sources = this.#sources;
    const serial = () => this.#serial;
    return {
      origin,
      soa,
      recordCounts: this.#recordCounts,
      get serial() {
        return serial();
      },
      get nameCount() {
        return names().size;
      },
      rrsets: () => {
        const all: RRset[] = [];
        for (const node of names().values())
          for (const rrset of rrsetsOf(settled(node))) all.push(rrset);
        return all;
      },
      at: owner => rrsetsOf(settled(names().get(owner))),
      exists: name => {
        if (names().has(name) || name === origin) return true;
        for (const owner of names().keys()) if (isAtOrBelow(owner, name)) return true;
        return false;
      },
      sources: () => sources,
    };
  }
}

/** What readers see, between two publishes. */
function settled(node: Node | NameDraft | undefined): Node | undefined {
  return node instanceof NameDraft ? node.node : node;
}
