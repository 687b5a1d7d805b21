import {
  cryptoRandom,
  jsonLog,
  type LogLevel,
  makeCounters,
  systemClock,
} from '../runtime/index.ts';
import { type AppWorld, PROCESS_COUNTERS } from './shell.ts';

/** The world as it is: the machine's clock, unpredictable numbers, lines of JSON on standard output. */
export function makeWorld(logLevel: LogLevel) {
  return {
    clock: systemClock(),
    random: cryptoRandom(),
    log: jsonLog(logLevel),
    processCounters: makeCounters(PROCESS_COUNTERS),
  } satisfies AppWorld;
}
