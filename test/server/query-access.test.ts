import { decode } from 'dns-packet';
import { describe, expect, test } from 'vitest';
import { clientView, network } from '../../src/dns/index.ts';
import { makeCounters } from '../../src/runtime/index.ts';
import { allowNetworks, SERVER_COUNTERS } from '../../src/server/index.ts';
import { askHotPath, showClient } from '../fakes/ask-hot-path.ts';
import { queryOctets } from '../fakes/dns-client.ts';
import { echoAnswer, echoOf } from '../fakes/test-server.ts';

const networks = (...texts: readonly string[]) => texts.map(text => network(text)!);
const OPT = Uint8Array.from([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);

function withOpt(query: Uint8Array): Uint8Array {
  const octets = Uint8Array.from([...query, ...OPT]);
  octets[11] = 1;
  return octets;
}

function guardedBy(...texts: readonly string[]) {
  const client = clientView();
  const counters = makeCounters(SERVER_COUNTERS);
  const answerInto = allowNetworks(echoAnswer, networks(...texts), client, counters);
  return { client, answerInto, refused: () => counters.values[counters.slot.refused_clients] };
}

test('networks that hold everybody cost nothing', () => {
  expect(guardedBy('0.0.0.0/0', '::/0').answerInto).toBe(echoAnswer);
});

test.each([
  { address: '10.1.2.3', isAllowed: true },
  { address: '192.0.2.1', isAllowed: false },
  { address: '2001:db8::1', isAllowed: true },
  { address: '2001:db9::1', isAllowed: false },
])('of 10.0.0.0/8 and 2001:db8::/32, $address: $isAllowed', ({ address, isAllowed }) => {
  const { client, answerInto, refused } = guardedBy('10.0.0.0/8', '2001:db8::/32');
  showClient(client, address);
  const query = queryOctets(1, 'web.test');
  const isEcho = askHotPath(answerInto, query) === Buffer.from(echoOf(query)).toString('hex');
  expect(isEcho).toBe(isAllowed);
  expect(refused()).toBe(isAllowed ? 0 : 1);
});

describe('a refusal', () => {
  const refuse = (query: Uint8Array) => {
    const { client, answerInto } = guardedBy('10.0.0.0/8');
    showClient(client, '192.0.2.1');
    return askHotPath(answerInto, query);
  };

  test('echoes the question, case and all, with REFUSED', () => {
    const response = decode(Buffer.from(refuse(queryOctets(0x1234, 'WeB.test', 33)), 'hex'));
    expect(response).toMatchObject({
      id: 0x1234,
      type: 'response',
      rcode: 'REFUSED',
      flag_rd: true,
      flag_ra: false,
      flag_aa: false,
      questions: [{ name: 'WeB.test', type: 'SRV', class: 'IN' }],
      answers: [],
      additionals: [],
    });
  });

  test('has an OPT record with EDE 18 for a query with an OPT record', () => {
    const response = decode(Buffer.from(refuse(withOpt(queryOctets(1, 'web.test'))), 'hex'));
    expect(response.additionals).toMatchObject([
      { type: 'OPT', udpPayloadSize: 1232, options: [{ code: 15, data: Buffer.from([0, 18]) }] },
    ]);
  });

  const edited = (at: number, octet: number) => {
    const query = queryOctets(1, 'web.test');
    query[at] = octet;
    return query;
  };
  const header = '000181050000000000000000';
  test.each([
    { why: 'a message with two questions gets the header', query: edited(5, 2), refusal: header },
    { why: 'a name that points gets the header', query: edited(12, 0xc0), refusal: header },
    { why: 'a name past the end gets the header', query: edited(12, 63), refusal: header },
    { why: 'a response gets silence', query: edited(2, 0x80), refusal: 'silent' },
    {
      why: 'a message without a header gets silence',
      query: new Uint8Array(11),
      refusal: 'silent',
    },
  ])('$why', ({ query, refusal }) => {
    expect(refuse(query)).toBe(refusal);
  });
});
