import type { Client, Octets } from '../../src/dns/index.ts';
import {
  chaosHandler,
  firstOf,
  HANDLER_COUNTERS,
  opcodeHandler,
  refuseHandler,
  slowPath,
  withOwnOptions,
  zoneHandler,
} from '../../src/handlers/index.ts';
import { makeCounters, quietLog } from '../../src/runtime/index.ts';
import { type AnsweringZone, ORIGIN, SETTINGS } from './answering-zone.ts';
import { SimulatedClock } from './simulated-clock.ts';

const CLIENT = { address: '127.0.0.1', port: 5353 } as const;

/**
 * Answers as a server without an upstream does, the slow path behind the hot one. Undefined is
 * silence.
 */
export function wholeAnswers(zone: AnsweringZone) {
  const clock = new SimulatedClock();
  const own = (handle: Parameters<typeof withOwnOptions>[0]) =>
    withOwnOptions(handle, SETTINGS, clock);
  const handle = firstOf(
    own(opcodeHandler),
    own(chaosHandler('mesonym')),
    zoneHandler(ORIGIN, zone.answers, zone.client),
    own(refuseHandler),
  );
  const slow = slowPath(handle, makeCounters(HANDLER_COUNTERS), quietLog());
  return async (query: Octets, transport: Client['transport']): Promise<Octets | undefined> => {
    const room = new Uint8Array(transport === 'tcp' ? 65_535 : SETTINGS.udpPayloadMax);
    zone.client.isTcp = transport === 'tcp';
    const length = zone.answers.answerInto(query, 0, query.length, room, 0, room.length);
    zone.client.isTcp = false;
    if (length > 0) return room.slice(0, length);
    return length === 0 ? await slow(query, { ...CLIENT, transport }, room.length) : undefined;
  };
}
