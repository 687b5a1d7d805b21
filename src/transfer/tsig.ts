import { createHmac, timingSafeEqual } from 'node:crypto';
import {
  type DomainName,
  knownName,
  nameOctets,
  type Octets,
  RCODE,
  RR_CLASS,
  RR_TYPE,
} from '../dns/index.ts';
import { findTsig, type TsigRecord } from './tsig-record.ts';

/** The algorithms that RFC 8945 section 6 recommends or requires, without SHA-1. */
export type TsigAlgorithm = 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512';

/** A shared secret (RFC 8945 section 6). `secret` is the key itself, not its base64 text. */
export interface TsigKey {
  readonly name: DomainName;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Octets;
}

/** What the signature of a query turned out to be. */
export type TsigVerdict =
  | { readonly kind: 'unsigned' }
  /** Not one whole TSIG record at the end, or a MAC of a wrong length: FORMERR (RFC 8945 section 5). */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'valid'; readonly key: TsigKey; readonly record: TsigRecord }
  /** NOTAUTH with this TSIG error; `key` is undefined for BADKEY and BADSIG, which go unsigned. */
  | {
      readonly kind: 'refused';
      readonly error: 16 | 17 | 18 | 22;
      readonly key: TsigKey | undefined;
      readonly record: TsigRecord;
    };

/** The errors of a refused signature, by their numbers. */
export const TSIG_ERROR_NAMES = {
  [RCODE.BADSIG]: 'BADSIG',
  [RCODE.BADKEY]: 'BADKEY',
  [RCODE.BADTIME]: 'BADTIME',
  [RCODE.BADTRUNC]: 'BADTRUNC',
} as const;

/** Seconds by which the clocks of the two sides may differ (RFC 8945 section 10). */
export const FUDGE_SECONDS = 300;

const HASHES = {
  'hmac-sha256': 'sha256',
  'hmac-sha384': 'sha384',
  'hmac-sha512': 'sha512',
} as const;

/**
 * Checks the signature of a query (RFC 8945 section 5.2), in the order of the RFC: key, MAC, time,
 * truncation. The one place where signatures are verified, whatever the transport.
 *
 * Earlier times than that of a query before are taken (section 5.2.3 would have them refused):
 * secondaries share keys, and their clocks differ.
 */
export function verifyTsig(
  message: Octets,
  keys: readonly TsigKey[],
  nowSeconds: number,
): TsigVerdict {
  const found = findTsig(message);
  if (found.kind !== 'found') return { kind: found.kind };
  const { record } = found;
  const key = keys.find(({ name, algorithm }) => {
    return name === record.keyName && knownName(algorithm) === record.algorithm;
  });
  if (!key) return { kind: 'refused', error: RCODE.BADKEY, key: undefined, record };
  if (!isMacLength(record.mac.length, macOctets(key))) return { kind: 'malformed' };
  const mac = hmac(key, [unsigned(message, record), variables(key, record)]);
  if (!timingSafeEqual(mac.subarray(0, record.mac.length), record.mac)) {
    return { kind: 'refused', error: RCODE.BADSIG, key: undefined, record };
  }
  const skew = Math.abs(nowSeconds - record.timeSigned);
  if (skew > record.fudgeSeconds) return { kind: 'refused', error: RCODE.BADTIME, key, record };
  // No local policy takes truncated MACs.
  if (record.mac.length < mac.length)
    return { kind: 'refused', error: RCODE.BADTRUNC, key, record };
  return { kind: 'valid', key, record };
}

/** Signs the messages of one response, in the order in which they are sent. */
export interface TsigSigner {
  /** How many octets a signature takes. */
  readonly octets: number;
  /** The TSIG record that belongs behind the message. */
  record(message: Octets, nowSeconds: number): Octets;
  /** The message with its TSIG record behind it. */
  sign(message: Octets, nowSeconds: number): Octets;
}

/**
 * A signer for the response to a query whose MAC was `queryMac`, or for a query of our own when it
 * is undefined. The first message covers the query's MAC and all variables, each further one the
 * MAC before it and the timers only (RFC 8945 section 5.3.1).
 */
export function tsigSigner(key: TsigKey, queryMac: Octets | undefined): TsigSigner {
  let priorMac = queryMac;
  let isFirst = true;
  const record = (message: Octets, nowSeconds: number) => {
    const empty = emptyRecord(key, nowSeconds, idOf(message));
    const covered = [
      ...(priorMac ? [lengthAnd(priorMac)] : []),
      message,
      isFirst ? variables(key, empty) : timers(empty),
    ];
    priorMac = hmac(key, covered);
    isFirst = false;
    return tsigOctets(key, { ...empty, mac: priorMac });
  };
  return {
    octets: tsigOctets(key, emptyRecord(key, 0, 0)).length + macOctets(key),
    record,
    sign: (message, nowSeconds) => append(message, record(message, nowSeconds)),
  };
}

/**
 * The TSIG record that goes with a refusal: unsigned for BADKEY and BADSIG, signed for BADTRUNC and,
 * with our time, for BADTIME (RFC 8945 sections 5.2.1 to 5.2.4).
 */
export function signRefusal(
  message: Octets,
  verdict: Extract<TsigVerdict, { kind: 'refused' }>,
  nowSeconds: number,
): Octets {
  const { record, error, key } = verdict;
  const other = error === RCODE.BADTIME ? uint48(nowSeconds) : new Uint8Array(0);
  const reply: TsigRecord = { ...record, error, other, mac: new Uint8Array(0) };
  const mac = key
    ? hmac(key, [lengthAnd(record.mac), message, variables(key, reply)])
    : new Uint8Array(0);
  return append(message, tsigOctets({ name: record.keyName }, { ...reply, mac }));
}

function emptyRecord(key: TsigKey, nowSeconds: number, originalId: number): TsigRecord {
  return {
    at: 0,
    keyName: key.name,
    algorithm: knownName(key.algorithm),
    timeSigned: nowSeconds,
    fudgeSeconds: FUDGE_SECONDS,
    mac: new Uint8Array(0),
    originalId,
    error: 0,
    other: new Uint8Array(0),
  };
}

/** The message as it was before signing: TSIG gone, its count too, the id the signer saw. */
function unsigned(message: Octets, record: TsigRecord): Octets {
  const stripped = message.slice(0, record.at);
  const view = new DataView(stripped.buffer);
  view.setUint16(0, record.originalId);
  view.setUint16(10, view.getUint16(10) - 1);
  return stripped;
}

/** RFC 8945 section 4.3.3: name, class, TTL, algorithm, time, fudge, error, other data. */
function variables(key: { readonly name: DomainName }, record: TsigRecord): Octets {
  return join([
    nameOctets(key.name),
    uint16(RR_CLASS.ANY),
    uint32(0),
    nameOctets(record.algorithm),
    timers(record),
    uint16(record.error),
    uint16(record.other.length),
    record.other,
  ]);
}

function timers(record: TsigRecord): Octets {
  return join([uint48(record.timeSigned), uint16(record.fudgeSeconds)]);
}

function tsigOctets(key: { readonly name: DomainName }, record: TsigRecord): Octets {
  const rdata = join([
    nameOctets(record.algorithm),
    timers(record),
    lengthAnd(record.mac),
    uint16(record.originalId),
    uint16(record.error),
    uint16(record.other.length),
    record.other,
  ]);
  const type = [uint16(RR_TYPE.TSIG), uint16(RR_CLASS.ANY), uint32(0)];
  return join([nameOctets(key.name), ...type, lengthAnd(rdata)]);
}

function append(message: Octets, tsig: Octets): Octets {
  const signed = join([message, tsig]);
  const view = new DataView(signed.buffer);
  view.setUint16(10, view.getUint16(10) + 1);
  return signed;
}

function hmac(key: TsigKey, covered: readonly Octets[]): Octets {
  const mac = createHmac(HASHES[key.algorithm], key.secret);
  for (const octets of covered) mac.update(octets);
  return new Uint8Array(mac.digest());
}

/** A MAC may be cut, but neither below half its length nor below ten octets (section 5.2.2.1). */
function isMacLength(octets: number, whole: number): boolean {
  return octets <= whole && octets >= Math.max(10, whole / 2);
}

function macOctets(key: TsigKey): number {
  return { 'hmac-sha256': 32, 'hmac-sha384': 48, 'hmac-sha512': 64 }[key.algorithm];
}

function idOf(message: Octets): number {
  return (message[0] << 8) | message[1];
}

function lengthAnd(octets: Octets): Octets {
  return join([uint16(octets.length), octets]);
}

function uint16(value: number): Octets {
  return Uint8Array.of(value >> 8, value);
}

function uint32(value: number): Octets {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function uint48(value: number): Octets {
  return join([uint16(Math.floor(value / 2 ** 32)), uint32(value >>> 0)]);
}

function join(parts: readonly Octets[]): Octets {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
