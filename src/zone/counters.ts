import { RR_TYPE } from '../dns/index.ts';

/**
 * Answers of several instances, by how near the nearest of them is to the client, and at last those to
 * clients whose place is not known. All 0 without locality.
 */
export const NEAREST_COUNTERS = [
  'nearest_agent',
  'nearest_zone',
  'nearest_region',
  'nearest_elsewhere',
  'nearest_unknown',
] as const;

/** What the hot path counts: every query it can read by its type, then what became of our own. */
export const ZONE_COUNTERS = [
  'query_a',
  'query_aaaa',
  'query_srv',
  'query_soa',
  'query_ns',
  'query_ptr',
  'query_txt',
  'query_any',
  'query_other',
  'answered',
  'nodata',
  'nxdomain',
  /** SERVFAIL, as the cluster is not known yet or recovering. */
  'not_ready',
  /** Answers left out for want of room. */
  'truncated',
  /** Answered from a zone that may have aged. */
  'stale',
  'badvers',
  ...NEAREST_COUNTERS,
] as const;

export type ZoneCounter = (typeof ZONE_COUNTERS)[number];

const COUNTED: ReadonlyMap<number, ZoneCounter> = new Map([
  [RR_TYPE.A, 'query_a'],
  [RR_TYPE.AAAA, 'query_aaaa'],
  [RR_TYPE.SRV, 'query_srv'],
  [RR_TYPE.SOA, 'query_soa'],
  [RR_TYPE.NS, 'query_ns'],
  [RR_TYPE.PTR, 'query_ptr'],
  [RR_TYPE.TXT, 'query_txt'],
  [RR_TYPE.ANY, 'query_any'],
]);

/** The counter's slot of each RR type up to 255, and at 256 that of all others. */
export function typeSlots(slot: Readonly<Record<ZoneCounter, number>>): Int32Array {
  return Int32Array.from({ length: 257 }, (_, type) => slot[COUNTED.get(type) ?? 'query_other']);
}
