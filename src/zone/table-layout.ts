import { RR_TYPE } from '../dns/index.ts';

/**
 * What stands where in an answer table. Everything is a block of 32-bit words; a block is named by
 * the index of its first word, 0 is none.
 *
 * A **node** is a name. It exists, as DNS understands it, when it has RRsets or an existing child;
 * else it is kept only because something refers to it: a node below it, or a record's target.
 *
 * An **RRset** block is one link in its node's chain, its records in a fixed stride, so that any of
 * them can be taken at random.
 */
export const NODE = {
  /** Octets of the name, the root's zero octet among them. */
  NAME_LENGTH: 0,
  /** The first RRset. */
  RRSETS: 1,
  /** How many existing nodes are one label below. */
  CHILDREN: 2,
  /** The node one label up; 0 at the apex, and for names outside our zone. */
  PARENT: 3,
  /** How many nodes below and records with this target there are. */
  REFERENCES: 4,
  HASH: 5,
  /** The number of the response this name was last written into, and where it stands there. */
  STAMP: 6,
  PLACE: 7,
  /** The lower-case octets of the name, as `foldName` packs them. */
  NAME: 8,
} as const;

/** The words of an RRset block. */
export const RRSET = {
  TYPE: 0,
  /** The next RRset of the same node. */
  NEXT: 1,
  /** How many records. */
  COUNT: 2,
  /** Octets of all targets' names, or of all texts, together. */
  TARGET_OCTETS: 3,
  RECORDS: 4,
} as const;

/**
 * Words of one record. A, AAAA: the address, its first octet highest. NS, PTR, CNAME: the target's
 * node.
 * SRV: priority and weight, then the port, then the target's node. TXT: a block of its own.
 */
export function recordWords(type: number): number {
  if (type === RR_TYPE.SRV) return 3;
  return type === RR_TYPE.AAAA ? 4 : 1;
}

/** Which word of a record is its target's node; -1 when it has none. */
export function targetWord(type: number): number {
  if (type === RR_TYPE.SRV) return 2;
  return type === RR_TYPE.NS || type === RR_TYPE.PTR || type === RR_TYPE.CNAME ? 0 : -1;
}

/** The words of a text's block: its octets are packed as names are. */
export const TEXT = { LENGTH: 0, OCTETS: 1 } as const;

/** Words of a text's block; `length` is in octets. */
export function textWords(length: number): number {
  return TEXT.OCTETS + ((length + 3) >> 2);
}

/** Words of a node; `nameLength` is in octets. */
export function nodeWords(nameLength: number): number {
  return NODE.NAME + ((nameLength + 3) >> 2);
}

/** Words of an RRset block with `count` records. */
export function rrsetWords(type: number, count: number): number {
  return RRSET.RECORDS + count * recordWords(type);
}
