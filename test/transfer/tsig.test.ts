import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { knownName, type Octets, RCODE } from '../../src/dns/index.ts';
import {
  type TsigKey,
  transferResponder,
  verifyTsig,
  ZoneHistory,
} from '../../src/transfer/index.ts';
import { NOW_SECONDS, transferQuery, transferZone } from './transfer-query.ts';

const KEY: TsigKey = {
  name: knownName('transfer.key'),
  algorithm: 'hmac-sha256',
  secret: Uint8Array.from({ length: 32 }, (_, index) => index),
};
const WRONG: TsigKey = { ...KEY, secret: new Uint8Array(32) };
const MAC_OCTETS = 32;
/** Behind the MAC stand the original id, the error and the length of no other data. */
const BEHIND_MAC = 6;
/** The algorithm's name, time, fudge and the MAC's length. */
const BEFORE_MAC = 'hmac-sha256.'.length + 1 + 6 + 2 + 2;

/** A query whose MAC is cut, or filled up, to so many octets. */
function queryWithMac(key: TsigKey, octets: number, signedAt = NOW_SECONDS) {
  const query = transferQuery({ type: 'AXFR', key, signedAt });
  const macAt = query.octets.length - BEHIND_MAC - MAC_OCTETS;
  const mac = query.octets.subarray(macAt, macAt + MAC_OCTETS);
  const filled = new Uint8Array(octets);
  filled.set(mac.subarray(0, octets));
  const before = query.octets.slice(0, macAt);
  const view = new DataView(before.buffer);
  view.setUint16(macAt - 2, octets);
  view.setUint16(macAt - BEFORE_MAC - 2, BEFORE_MAC + octets + BEHIND_MAC);
  const behind = query.octets.subarray(macAt + MAC_OCTETS);
  return { ...query, octets: Uint8Array.from([...before, ...filled, ...behind]) };
}

test.each([
  { why: 'whole', key: KEY, octets: 32, kind: 'valid' },
  { why: 'cut to half', key: KEY, octets: 16, kind: 'refused', error: RCODE.BADTRUNC },
  { why: 'cut to half and wrong', key: WRONG, octets: 16, kind: 'refused', error: RCODE.BADSIG },
  { why: 'cut below half', key: KEY, octets: 15, kind: 'malformed' },
  { why: 'empty', key: KEY, octets: 0, kind: 'malformed' },
  { why: 'too long', key: KEY, octets: 33, kind: 'malformed' },
])('a MAC that is $why: $kind (RFC 8945 section 5.2.2.1)', ({ key, octets, kind, error }) => {
  const verdict = verifyTsig(queryWithMac(key, octets).octets, [KEY], NOW_SECONDS);
  expect(verdict).toMatchObject({ kind, ...(error && { error }) });
});

test.each([
  { why: 'a name we do not know', own: { ...KEY, name: knownName('other.key') } },
  { why: 'another algorithm than ours', own: { ...KEY, algorithm: 'hmac-sha512' as const } },
])('a key of $why is BADKEY', ({ own }) => {
  const { octets } = transferQuery({ type: 'AXFR', key: KEY });
  const verdict = verifyTsig(octets, [own], NOW_SECONDS);
  expect(verdict).toMatchObject({ kind: 'refused', error: RCODE.BADKEY, key: undefined });
});

test.each([
  { skew: 300, kind: 'valid' },
  { skew: -300, kind: 'valid' },
  { skew: 301, kind: 'refused' },
  { skew: -301, kind: 'refused' },
])('a clock that is $skew s off: $kind', ({ skew, kind }) => {
  const { octets } = transferQuery({ type: 'AXFR', key: KEY, signedAt: NOW_SECONDS + skew });
  expect(verifyTsig(octets, [KEY], NOW_SECONDS)).toMatchObject({ kind });
});

function refusalOf(query: ReturnType<typeof transferQuery>): Octets {
  const respond = transferResponder({
    keys: [KEY],
    mayTransfer: () => true,
    zoneAt: () => ({
      current: () => transferZone(1, []),
      history: new ZoneHistory({ maxRecords: 0, maxAgeMs: 0 }),
    }),
    nowSeconds: () => NOW_SECONDS,
    onOutcome: () => {},
    onSent: () => {},
  });
  const [message] = respond(query)!;
  return message;
}

test.each([
  {
    why: 'BADTIME is signed, with the time asked at and our own beside it',
    query: queryWithMac(KEY, 32, NOW_SECONDS - 400),
    error: RCODE.BADTIME,
    other: 6,
    mac: 32,
  },
  { why: 'BADTRUNC is signed', query: queryWithMac(KEY, 16), error: RCODE.BADTRUNC, mac: 32 },
  { why: 'BADSIG is not', query: queryWithMac(WRONG, 32), error: RCODE.BADSIG, mac: 0 },
])('$why (RFC 8945 section 5.3.2)', ({ query, error, other = 0, mac }) => {
  const response = Buffer.from(refusalOf(query));
  expect(response[3] & 0xf).toBe(RCODE.NOTAUTH);
  const end = response.length - other;
  expect(response.readUInt16BE(end - 4)).toBe(error);
  expect(response.readUInt16BE(end - 2)).toBe(other);
  const macAt = end - BEHIND_MAC - mac;
  expect(response.readUInt16BE(macAt - 2)).toBe(mac);
  if (other > 0) expect(response.readUIntBE(end, 6)).toBe(NOW_SECONDS);
  if (mac > 0)
    expect(response.subarray(macAt, macAt + mac)).toEqual(
      macOf(query.octets, response, macAt, end),
    );
});

/** The MAC of a refusal, computed from the octets alone (RFC 8945 section 5.3.2). */
function macOf(query: Octets, response: Buffer, macAt: number, end: number): Buffer {
  const name = 1 + 'transfer'.length + 1 + 'key'.length + 1;
  const recordAt = macAt - BEFORE_MAC - 10 - name;
  const message = Buffer.from(response.subarray(0, recordAt));
  message.writeUInt16BE(message.readUInt16BE(10) - 1, 10);
  const variables = Buffer.concat([
    response.subarray(recordAt, recordAt + name),
    response.subarray(recordAt + name + 2, recordAt + name + 8),
    response.subarray(macAt - BEFORE_MAC, macAt - 2),
    response.subarray(end - 4),
  ]);
  return createHmac('sha256', KEY.secret)
    .update(macWithLength(Buffer.from(query)))
    .update(message)
    .update(variables)
    .digest();
}

/** The MAC of a query of ours, with its length before it. */
function macWithLength(query: Buffer): Buffer {
  const algorithm = query.indexOf('hmac-sha256');
  const lengthAt = algorithm + 'hmac-sha256'.length + 1 + 8;
  return query.subarray(lengthAt, lengthAt + 2 + query.readUInt16BE(lengthAt));
}
