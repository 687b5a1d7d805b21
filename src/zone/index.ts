/**
 * The zone. In: resource records by their source. Out: the current zone, its ready answers and the
 * difference each change makes. Rules: RFC 1034 section 4.3.2, RFC 1982, RFC 2308, RFC 8020.
 */
export type { DeltaStep, ServingState, ZoneDelta } from './delta.ts';
