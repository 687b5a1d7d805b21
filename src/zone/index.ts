/**
 * The zone. In: resource records by their source. Out: the current zone, its ready answers and the
 * difference each change makes. Rules: RFC 1034 section 4.3.2, RFC 1982, RFC 2308, RFC 2782, RFC
 * 8020, RFC 8482.
 *
 * The control thread's side is `current-zone.ts`. Its differences travel as steps (`steps.ts`,
 * `step-format.ts`) to the answer threads' side: `answer-table.ts`, laid out in `table-layout.ts`, and
 * `answer.ts`, the hot path; for the zones of reverse look-ups, `reverse-answers.ts` asks several.
 *
 * In which order instances are told: `order.ts`, by `shuffle.ts` or `near-first.ts`, which knows from
 * `place-table.ts` where clients and instances are.
 */
export { type AnswerParts, type AnswerSettings, ZoneAnswers } from './answer.ts';
export { AnswerTable } from './answer-table.ts';
export { ZONE_COUNTERS } from './counters.ts';
export { CurrentZone } from './current-zone.ts';
export type { DeltaStep, ServingState, ZoneDelta } from './delta.ts';
export type { Locality } from './near-first.ts';
export { placeSteps } from './place-steps.ts';
export { type PlacedNetwork, PlaceTable } from './place-table.ts';
export { ReverseAnswers } from './reverse-answers.ts';
export { deltaSteps, zoneSteps } from './steps.ts';
export { typesAt } from './types-at.ts';
export type { Zone } from './zone.ts';
export { recordLine, zoneText } from './zone-text.ts';
