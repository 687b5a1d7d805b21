import { MOST_PADDING_OCTETS, padResponse } from '../dns/index.ts';
import type { Answering } from './answering.ts';

/**
 * Answers as `answering` does by TCP, for clients of an encrypted transport: padded where the client
 * pads (RFC 7830), and counted in the slots of that transport.
 */
export function encrypted(answering: Answering, transport: 'tls' | 'https'): Answering {
  const { answerInto, slow, counters } = answering;
  const { slot } = counters;
  return {
    ...answering,
    answerInto: (query, start, end, response, at, limit) => {
      const length = answerInto(query, start, end, response, at, limit);
      if (length <= 0) return length;
      return padResponse(query.subarray(start, end), response.subarray(at, at + limit), length);
    },
    slow: async (octets, client, maxOctets) => {
      const response = await slow(octets, client, maxOctets);
      if (response === undefined) return undefined;
      const room = new Uint8Array(Math.min(maxOctets, response.length + MOST_PADDING_OCTETS));
      room.set(response);
      return room.slice(0, padResponse(octets, room, response.length));
    },
    counters: {
      ...counters,
      slot: {
        ...slot,
        tcp4_queries: slot[`${transport}4_queries`],
        tcp6_queries: slot[`${transport}6_queries`],
        tcp_responses: slot[`${transport}_responses`],
        tcp_received_octets: slot[`${transport}_received_octets`],
        tcp_sent_octets: slot[`${transport}_sent_octets`],
      },
    },
  };
}
