import { MAX_NAME_OCTETS, type Octets, RR_TYPE } from '../dns/index.ts';

/** The type that says "there is no such name" in a proof of absence (RFC 9824 section 2). */
export const NXNAME = 128;

/**
 * The rdata of the NSEC record of a name that is asked for (RFC 9824 section 3): it reaches to the
 * next possible name and no further, and lists `types`, or says that the name does not exist.
 */
export function nsecRdata(owner: Octets, types: readonly number[] | undefined): Octets {
  const listed = [...(types ?? [NXNAME]), RR_TYPE.RRSIG, RR_TYPE.NSEC];
  return Buffer.concat([nextName(owner), typeBitMap(listed)]);
}

/**
 * The name right behind `owner` in canonical order: a label of one zero octet before it. A name that
 * is as long as names can be is followed by one whose first label ends in a greater octet.
 */
function nextName(owner: Octets): Octets {
  if (owner.length + 2 <= MAX_NAME_OCTETS) return Buffer.concat([Uint8Array.of(1, 0), owner]);
  const next = Uint8Array.from(owner);
  const last = owner[0];
  // An octet of 255 has no successor: then the record reaches to its own owner.
  next[last] = Math.min(255, owner[last] + 1);
  return next;
}

/** RFC 4034 section 4.1.2; all types that we list stand in its first window. */
function typeBitMap(types: readonly number[]): Octets {
  const octets = new Uint8Array((Math.max(...types) >> 3) + 1);
  for (const type of types) octets[type >> 3] |= 0x80 >> (type & 7);
  return Buffer.concat([Uint8Array.of(0, octets.length), octets]);
}
