import type { DomainName } from './name.ts';

/** Octets as they travel. */
export type Octets = Uint8Array;

/**
 * The hot path: answers the query at `query[start, end)` into `response` from `at`, within `limit`
 * octets, and returns how many it wrote; 0 means "not mine", for the slow path, and a negative
 * count "say nothing". It never throws, allocates or waits. `limit` is what the transport can
 * carry: 65,535 for TCP, the configured `udpPayloadMax` for UDP; what the client offers is read
 * from the query itself.
 */
export type AnswerInto = (
  query: Octets,
  start: number,
  end: number,
  response: Octets,
  at: number,
  limit: number,
) => number;

/**
 * Who asks, as the hot path sees it: one object a thread, filled in by the server before each call
 * of `AnswerInto`, so that nothing is allocated. `octets[at, at + length)` is the client's address
 * in network order; `length` is 4 or 16.
 */
export interface ClientView {
  octets: Octets;
  at: number;
  length: 4 | 16;
  isTcp: boolean;
  /**
   * Set by the hot path: the query showed a DNS cookie of ours (RFC 7873), so its address is not
   * forged.
   */
  hasValidCookie: boolean;
}

/** Who asks, on the slow path. */
export interface Client {
  /** Canonical text of an IPv4 or IPv6 address; an IPv4-mapped one is IPv4. */
  readonly address: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
}

/** A query as the slow path sees it: well-formed, one question, whole message at hand. */
export interface Query {
  /** The whole message, the handler's to keep. */
  readonly octets: Octets;
  readonly client: Client;
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  readonly checkingDisabled: boolean;
  readonly question: Question;
  /** Undefined when the query has no OPT record (RFC 6891). */
  readonly edns: Edns | undefined;
  /** The most octets a response may have, transport, offer and own limit taken together. */
  readonly maxOctets: number;
}

/** The one question of a query (RFC 1035 section 4.1.2). */
export interface Question {
  /** Lower-cased; the octets as asked stand in the message from octet 12 up to `end`. */
  readonly name: DomainName;
  readonly type: number;
  readonly class: number;
  /** The offset in the message behind the question. */
  readonly end: number;
}

/** What the OPT record of a query says (RFC 6891 section 6.1). */
export interface Edns {
  readonly version: number;
  readonly udpPayload: number;
  readonly dnssecOk: boolean;
  /** Where the options lie in the message: code, length, octets, one after another. */
  readonly optionsAt: number;
  readonly optionsEnd: number;
  /** They overrun the record, or a cookie has a length that none can have. */
  readonly hasBadOptions: boolean;
}
