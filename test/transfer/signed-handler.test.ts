import { decode } from 'dns-packet';
import { expect, test } from 'vitest';
import { knownName, MessageWriter, type Octets, RCODE } from '../../src/dns/index.ts';
import { makeCounters, quietLog } from '../../src/runtime/index.ts';
import {
  SIGNATURE_COUNTERS,
  signedHandler,
  type TsigKey,
  verifyTsig,
} from '../../src/transfer/index.ts';
import { NOW_SECONDS, transferQuery } from './transfer-query.ts';

const KEY: TsigKey = {
  name: knownName('transfer.key'),
  algorithm: 'hmac-sha512',
  secret: Uint8Array.of(1, 2, 3),
};

const COUNTERS = makeCounters(SIGNATURE_COUNTERS);

const empty = (id: number): Octets => {
  const writer = new MessageWriter(512);
  writer.header(id, 0x8000);
  return writer.finish();
};

const handle = signedHandler(
  query => empty(query.id),
  [KEY],
  () => NOW_SECONDS,
  COUNTERS,
  quietLog(),
);

test('an unsigned query is answered unsigned', () => {
  const response = handle(transferQuery({ type: 'IXFR' })) as Octets;
  expect(verifyTsig(response, [KEY], NOW_SECONDS).kind).toBe('unsigned');
});

test('a signed query is answered signed, whether at once or later', async () => {
  const later = signedHandler(
    async query => empty(query.id),
    [KEY],
    () => NOW_SECONDS,
    COUNTERS,
    quietLog(),
  );
  for (const answer of [handle, later]) {
    const response = (await answer(transferQuery({ type: 'IXFR', key: KEY }))) as Octets;
    expect(decode(Buffer.from(response)).additionals).toHaveLength(1);
  }
});

test('a signed query leaves room for the signature of its response', () => {
  let maxOctets = 0;
  const look = signedHandler(
    query => {
      maxOctets = query.maxOctets;
      return empty(query.id);
    },
    [KEY],
    () => NOW_SECONDS,
    COUNTERS,
    quietLog(),
  );
  const response = look(transferQuery({ type: 'IXFR', key: KEY, maxOctets: 512 })) as Octets;
  expect(512 - maxOctets).toBe(response.length - 12);
});

test('a wrong signature never reaches the handler', () => {
  const guarded = signedHandler(
    () => {
      throw new Error('reached');
    },
    [KEY],
    () => NOW_SECONDS,
    COUNTERS,
    quietLog(),
  );
  const wrong = { ...KEY, secret: Uint8Array.of(9) };
  const before = COUNTERS.values[0];
  const response = guarded(transferQuery({ type: 'IXFR', key: wrong })) as Octets;
  expect(response[3] & 0xf).toBe(RCODE.NOTAUTH);
  expect(COUNTERS.values[0]).toBe(before + 1);
});

test('a record after the signature, or a second one, is malformed', () => {
  const { octets } = transferQuery({ type: 'IXFR', key: KEY });
  const trailing = Uint8Array.from([...octets, 0]);
  expect(verifyTsig(trailing, [KEY], NOW_SECONDS).kind).toBe('malformed');
  expect(verifyTsig(octets.subarray(0, -1), [KEY], NOW_SECONDS).kind).toBe('malformed');
});

test('a client whose signature is bad is logged once', () => {
  const lines: unknown[] = [];
  const log = { ...quietLog(), warn: (...line: unknown[]) => void lines.push(line) };
  const logged = signedHandler(
    () => undefined,
    [],
    () => NOW_SECONDS,
    COUNTERS,
    log,
  );
  for (let count = 0; count < 3; count++) void logged(transferQuery({ type: 'IXFR', key: KEY }));
  expect(lines).toEqual([['Refused a signature', { client: '127.0.0.1', error: 'BADKEY' }]]);
});
