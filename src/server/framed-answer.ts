import type { Octets } from '../dns/index.ts';
import type { ConnectionContext } from './connection-context.ts';

/** The longest message that two octets of length can announce (RFC 1035 section 4.2.2). */
export const MAX_MESSAGE_OCTETS = 65_535;

/**
 * Answers one query that came by TCP into `buffer[at]`, in its frame, and counts it. Returns the
 * octets written with the frame, 0 when it is for the slow path, -1 for silence.
 */
export function answerFramed(
  { answering, meter }: Pick<ConnectionContext, 'answering' | 'meter'>,
  address: Octets,
  query: Octets,
  start: number,
  end: number,
  buffer: Octets,
  at: number,
): number {
  const { client, counters, answerInto } = answering;
  const { values, slot } = counters;
  values[address.length === 4 ? slot.tcp4_queries : slot.tcp6_queries]++;
  client.octets = address;
  client.at = 0;
  client.length = address.length === 4 ? 4 : 16;
  client.isTcp = true;
  const length = answerInto(query, start, end, buffer, at + 2, MAX_MESSAGE_OCTETS);
  if (length <= 0) {
    if (length < 0) values[slot.dropped_unanswered]++;
    return length;
  }
  buffer[at] = length >> 8;
  buffer[at + 1] = length & 255;
  values[slot.tcp_responses]++;
  meter.response(buffer, at + 2, length);
  return length + 2;
}
