import type { DomainName, RecordType, RRset } from '../dns/index.ts';
import { RRsetDraft } from './rrset-draft.ts';

/** The RRsets of a name. Most names have one, which then stands for itself. */
export type Node = RRset | readonly RRset[];

/** How many sources each record of an RRset has; missing where that is one for all. */
export type SourceCounts = ReadonlyMap<RRset, readonly number[]>;

const NONE: readonly never[] = [];

/** The RRsets of a node as a list; none for a name that has no node. */
export function rrsetsOf(node: Node | undefined): readonly RRset[] {
  if (node === undefined) return NONE;
  return isList(node) ? node : [node];
}

/** A name while a publish works on it: its RRsets from before, and the drafts of those touched. */
export class NameDraft {
  readonly owner: DomainName;
  readonly node: Node | undefined;
  /** The others follow by `next`. */
  first: RRsetDraft | undefined;

  constructor(owner: DomainName, node: Node | undefined) {
    this.owner = owner;
    this.node = node;
    this.first = undefined;
  }

  /** The draft of the RRset of a type, begun when it is touched for the first time. */
  rrset(type: RecordType, counts: SourceCounts): RRsetDraft {
    for (let draft = this.first; draft; draft = draft.next) if (draft.type === type) return draft;
    const before = this.#before(type);
    const draft = new RRsetDraft(this.owner, type, before, before && counts.get(before));
    draft.next = this.first;
    this.first = draft;
    return draft;
  }

  #before(type: RecordType): RRset | undefined {
    if (this.node === undefined) return undefined;
    for (const rrset of rrsetsOf(this.node)) if (rrset.type === type) return rrset;
    return undefined;
  }
}

function isList(node: Node): node is readonly RRset[] {
  return Array.isArray(node);
}
