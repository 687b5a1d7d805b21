import { EDNS_OPTION, HEADER_OCTETS, longAt, type Octets, putLong, wordAt } from '../dns/index.ts';
import { DEFAULT_CAPS, isNegative, type LifetimeCaps, lifetimeSeconds } from './lifetime.ts';
import type { UpstreamMessage } from './message-reader.ts';

/** The TTL of a stale record on its way to a client (RFC 8767 section 5.2), seconds. */
const STALE_TTL_SECONDS = 30;

/** A response made ready to be copied to clients: no OPT, TTLs within the caps. */
export interface KeptResponse {
  readonly octets: Octets;
  readonly questionEnd: number;
  /** The offset of each TTL in `octets`. Plain arrays: these are short, and many are kept. */
  readonly ttlsAt: readonly number[];
  /** The offset behind each record: where the response may be cut. */
  readonly endsAt: readonly number[];
  readonly answers: number;
  readonly authorities: number;
  readonly flags: number;
  readonly rcode: number;
  /** EDNS options to pass on to clients that use EDNS. */
  readonly options: Octets;
  readonly storedAtMs: number;
  /** Zero for one that may be handed to those who wait for it and no further. */
  readonly lifetimeMs: number;
  hits: number;
  isRefreshing: boolean;
}

/** Makes a scrubbed message ready to be kept; `flags` are the ask flags, `nowMs` is monotonic. */
export function keepResponse(
  message: UpstreamMessage,
  flags: number,
  options: Octets,
  nowMs: number,
  caps: LifetimeCaps = DEFAULT_CAPS,
): KeptResponse {
  const { octets, questionEnd, records, rcode } = message;
  const lifetime = lifetimeSeconds(message, caps);
  capTtls(message, lifetime > 0 && isNegative(message) ? lifetime : caps.positiveSeconds);
  const count = (section: string) => records.filter(record => record.section === section).length;
  return {
    octets,
    questionEnd,
    ttlsAt: records.map(record => record.fixedAt + 4),
    endsAt: records.map(record => record.end),
    answers: count('answer'),
    authorities: count('authority'),
    flags,
    rcode,
    options,
    storedAtMs: nowMs,
    lifetimeMs: lifetime * 1000,
    hits: 0,
    isRefreshing: false,
  };
}

/** A negative answer's records live no longer than it does (RFC 2308 section 5). */
function capTtls({ octets, records }: UpstreamMessage, capSeconds: number): void {
  for (const { fixedAt, ttl } of records) putLong(octets, fixedAt + 4, Math.min(ttl, capSeconds));
}

/**
 * Copies a kept response to `response[at]` as the response to the query at `query[start]`: the
 * client's id, question and flags, each TTL counted down by `ageSeconds`. Allocates nothing. The
 * caller has made sure of `kept.octets.length` octets of room. AA is clear: a cache is no authority.
 */
export function copyResponse(
  kept: KeptResponse,
  ageSeconds: number,
  query: Octets,
  start: number,
  response: Octets,
  at: number,
): void {
  response.set(kept.octets, at);
  writeFlags(kept, query, start, response, at);
  for (let index = HEADER_OCTETS; index < kept.questionEnd; index++) {
    response[at + index] = query[start + index];
  }
  if (ageSeconds > 0) countDown(kept, ageSeconds, response, at);
}

function countDown(kept: KeptResponse, ageSeconds: number, response: Octets, at: number): void {
  const { ttlsAt } = kept;
  const isStale = ageSeconds * 1000 >= kept.lifetimeMs;
  for (let index = 0; index < ttlsAt.length; index++) {
    const ttlAt = at + ttlsAt[index];
    const ttl = longAt(response, ttlAt);
    putLong(response, ttlAt, isStale ? STALE_TTL_SECONDS : remainingTtl(ttl, ageSeconds));
  }
}

/** The TTL to send for a record that has been kept for `ageSeconds`: whole seconds, never below 0. */
export function remainingTtl(ttl: number, ageSeconds: number): number {
  return ttl > ageSeconds ? ttl - ageSeconds : 0;
}

/**
 * QR and RA set, opcode 0, RD and CD as asked, AD only for clients that understand it (RFC 6840
 * section 5.8): those that set it, or DO.
 */
function writeFlags(
  kept: KeptResponse,
  query: Octets,
  start: number,
  response: Octets,
  at: number,
): void {
  const wantsAd = (query[start + 3] & 0x20) !== 0 || (kept.flags & 0x04) !== 0;
  response[at] = query[start];
  response[at + 1] = query[start + 1];
  response[at + 2] = 0x80 | (kept.octets[2] & 0x02) | (query[start + 2] & 0x01);
  response[at + 3] =
    0x80 | (query[start + 3] & 0x10) | (wantsAd ? kept.octets[3] & 0x20 : 0) | (kept.rcode & 0x0f);
}

/** Options of the hop itself; all others concern the two ends and pass through (RFC 6891 6.1.2). */
const HOP_OPTIONS: ReadonlySet<number> = new Set([
  EDNS_OPTION.NSID,
  EDNS_OPTION.EXPIRE,
  EDNS_OPTION.COOKIE,
  EDNS_OPTION.KEEPALIVE,
  EDNS_OPTION.PADDING,
]);

/** Says whether one of the options in `octets[at, end)` is not the hop's own, or malformed. */
export function hasPassedOptions(octets: Octets, at: number, end: number): boolean {
  let index = at;
  while (index + 4 <= end && HOP_OPTIONS.has(wordAt(octets, index))) {
    index += 4 + wordAt(octets, index + 2);
  }
  return index !== end;
}

/** The options in `octets[at, end)` that are not the hop's own, as octets; empty when malformed. */
export function passedOptions(octets: Octets, at: number, end: number): Octets {
  const parts: Octets[] = [];
  for (let index = at; index < end; ) {
    const next = index + 4 + wordAt(octets, index + 2);
    if (index + 4 > end || next > end) return NO_OPTIONS;
    if (!HOP_OPTIONS.has(wordAt(octets, index))) parts.push(octets.subarray(index, next));
    index = next;
  }
  return parts.length === 0 ? NO_OPTIONS : Buffer.concat(parts);
}

/** No option at all; all that are empty are this one. */
export const NO_OPTIONS: Octets = new Uint8Array(0);
