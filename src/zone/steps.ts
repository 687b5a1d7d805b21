import { type RecordType, type RRset, rrsetKey } from '../dns/index.ts';
import type { DeltaStep, ZoneDelta } from './delta.ts';
import { StepWriter } from './step-writer.ts';
import { nodeWords, rrsetWords } from './table-layout.ts';
import type { Zone } from './zone.ts';

/** How many names one step may touch, so that applying it never holds up an answer. */
const NAMES_IN_A_STEP = 400;
/** RRsets of very many records end a step before it has so many names. */
const OCTETS_IN_A_STEP = 65_536;
/** A guess at the octets of a name, to reserve memory once instead of growing into it. */
const USUAL_NAME_OCTETS = 40;

/** Addresses first, so that an SRV record never points at a name that is not there yet. */
const ORDER: Readonly<Record<RecordType, number>> = {
  A: 0,
  AAAA: 1,
  NS: 2,
  PTR: 2,
  SRV: 3,
  CNAME: 3,
  TXT: 2,
};
const IN_ORDER: readonly number[] = [0, 1, 2, 3];

/**
 * The steps that take an answer table from one version of the zone to the next: what is new or
 * replaced (addresses before the SRV records that point at them), then what is gone (the other way
 * round), then the serial. A name that is there before and after never answers empty in between.
 */
export function* deltaSteps(delta: ZoneDelta): Generator<DeltaStep> {
  const writer = new StepWriter();
  if (delta.from === undefined) reserve(writer, delta.added);
  yield* setAll(writer, delta.added);
  for (const rrset of byOrder(goneForGood(delta), IN_ORDER.toReversed())) {
    writer.remove(rrset);
    if (isFull(writer)) yield writer.takeStep();
  }
  writer.serial(delta.to);
  yield writer.takeStep();
}

/** The steps that make an empty answer table into the whole zone, as it stands at the call. */
export function* zoneSteps(zone: Zone): Generator<DeltaStep> {
  const writer = new StepWriter();
  const rrsets = zone.rrsets();
  const { serial } = zone;
  reserve(writer, rrsets);
  yield* setAll(writer, rrsets);
  if (serial !== undefined) writer.serial(serial);
  yield writer.takeStep();
}

function* setAll(writer: StepWriter, rrsets: readonly RRset[]): Generator<DeltaStep> {
  for (const rrset of byOrder(rrsets)) {
    writer.set(rrset);
    if (isFull(writer)) yield writer.takeStep();
  }
}

function isFull({ names, octets }: StepWriter): boolean {
  return names >= NAMES_IN_A_STEP || octets >= OCTETS_IN_A_STEP;
}

/** Sorts by walking again and again: lists of all there is would be for the garbage collector. */
function* byOrder(rrsets: readonly RRset[], orders = IN_ORDER): Generator<RRset> {
  for (const order of orders) {
    for (const rrset of rrsets) if (ORDER[rrset.type] === order) yield rrset;
  }
}

/** The removed RRsets that none of the added ones replaces. */
function goneForGood({ removed, added }: ZoneDelta): readonly RRset[] {
  if (removed.length === 0) return removed;
  const kept = new Set(added.map(rrsetKey));
  return removed.filter(rrset => !kept.has(rrsetKey(rrset)));
}

/** Room to change in, so that the first change after a start does not have to make it. */
const SPARE = 1.25;

/** Memory for a whole zone at once: names with their two words of index twice over, then RRsets. */
function reserve(writer: StepWriter, rrsets: readonly RRset[]): void {
  const names = rrsets.length * (nodeWords(USUAL_NAME_OCTETS) + 4);
  const words = rrsets.reduce((sum, { records }) => sum + rrsetWords(33, records.length), names);
  writer.reserve(rrsets.length, Math.ceil(words * SPARE));
}
