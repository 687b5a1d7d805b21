/**
 * The outside world as values handed in. In: nothing of ours. Out: clock, randomness, log, back-off
 * and the shared counters. Tests hand in their own.
 */
export { type Backoff, fullJitterBackoff } from './backoff.ts';
export { aborted, type Cancel, type Clock, sleep, systemClock } from './clock.ts';
export { type Counters, makeCounters } from './counters.ts';
export { jsonLog, type Log, type LogFields, type LogLevel, quietLog } from './log.ts';
export { cryptoRandom, type Random, seededRandom } from './random.ts';
export type { World } from './world.ts';
