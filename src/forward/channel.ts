import { HEADER_OCTETS, type Octets, wordAt } from '../dns/index.ts';
import type { Cancel } from '../runtime/index.ts';
import { readUpstreamMessage, type UpstreamMessage } from './message-reader.ts';

/** Why a channel could not bring a response. */
type ChannelFault = 'unreachable' | 'closed' | 'overloaded';

/** What came of a query that was sent. */
export type Heard =
  | { readonly kind: 'response'; readonly message: UpstreamMessage }
  | { readonly kind: 'fault'; readonly fault: ChannelFault };

/** One way to one upstream. It matches responses to queries and knows nothing of time-outs. */
export interface Channel {
  /**
   * Sends a query under an id of its own choice and calls `hear` once, with the response to it or a
   * fault; never before `ask` returns. The returned function gives the query up.
   */
  ask(query: OutgoingQuery, hear: (heard: Heard) => void): Cancel;
  /** Says whether a message from this port of ours is a query of ours that came round in a loop. */
  isOwnQuery(port: number, octets: Octets): boolean;
  close(): void;
}

/** A query ready to leave but for its id; its question ends at `questionEnd`. */
export interface OutgoingQuery {
  readonly octets: Octets;
  readonly questionEnd: number;
}

/**
 * The message, when it is the response to `query` (RFC 5452 section 9.1): QR, opcode and the question
 * octet for octet, and every record sound; undefined for forged, late and broken ones. An error that
 * echoes no question is taken as well: some servers send FORMERR so.
 */
export function matchingResponse(
  query: OutgoingQuery,
  octets: Octets,
): UpstreamMessage | undefined {
  if (octets.length < HEADER_OCTETS || (octets[2] & 0xf8) !== 0x80) return undefined;
  if (wordAt(octets, 4) === 0) return bareError(query, octets);
  if (octets.length < query.questionEnd || wordAt(octets, 4) !== 1) return undefined;
  for (let at = HEADER_OCTETS; at < query.questionEnd; at++) {
    if (octets[at] !== query.octets[at]) return undefined;
  }
  return readUpstreamMessage(octets);
}

function bareError(query: OutgoingQuery, octets: Octets): UpstreamMessage | undefined {
  const rcode = octets[3] & 0x0f;
  if (rcode === 0 || octets.length !== HEADER_OCTETS) return undefined;
  const whole = Buffer.from(query.octets.subarray(0, query.questionEnd));
  whole.set(octets.subarray(0, 4));
  whole.fill(0, 6, HEADER_OCTETS);
  return readUpstreamMessage(whole);
}
