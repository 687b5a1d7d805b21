import type { DecodedPacket } from 'dns-packet';
import { describe, expect, test } from 'vitest';
import { ClientSubnet, type ClientView, inNetworks, network } from '../../src/dns/index.ts';
import { type AnsweringZone, a, answeringZone, ask } from '../fakes/answering-zone.ts';
import { showClient } from '../fakes/ask-hot-path.ts';
import { tableOf } from '../fakes/places.ts';

const NEAR = '10.0.1.2';
const FAR = '10.0.2.2';
const TRUSTED = '10.0.2.1';
const places = tableOf(
  {
    '10.0.1.1': [1, 1, 1],
    [NEAR]: [1, 1, 1],
    '2001:db8::1': [1, 1, 1],
    [TRUSTED]: [2, 2, 2],
    [FAR]: [2, 2, 2],
  },
  [['10.7.0.0/16', [0, 1, 1]]],
);
const records = [
  a('web.marathon.mesos', NEAR),
  a('web.marathon.mesos', FAR),
  a('one.marathon.mesos', FAR),
];

/** A filter, so that the answer says in one address for whom it was made; asked by `forwarder`. */
function zoneFor(forwarder: string): AnsweringZone {
  const believed = inNetworks([network('10.0.2.0/24')!, network('2001:db8:f::/48')!]);
  const locality = (client: ClientView) => {
    return { places, isFilter: true, subnet: new ClientSubnet(client, believed) };
  };
  const zone = answeringZone(records, { locality, cookieSecret: new Uint8Array(16) });
  showClient(zone.client, forwarder);
  return zone;
}

interface Opt {
  readonly extendedRcode: number;
  readonly options: readonly { readonly code: number; readonly data: Buffer }[];
}

/** The option in a response as hex: family, source and scope prefix lengths, address. */
function subnetIn(response: DecodedPacket | undefined): string | undefined {
  const opt = response?.additionals?.find(({ type }) => type === 'OPT') as unknown as Opt;
  return opt.options.find(({ code }) => code === 8)?.data.toString('hex');
}

const askFor = (zone: AnsweringZone, hex: string, name = 'web.marathon.mesos') =>
  ask(zone, name, 'A', { edns: 1232, options: [{ code: 8, data: Buffer.from(hex, 'hex') }] });
const told = (response: DecodedPacket | undefined) =>
  (response?.answers ?? []).flatMap(answer => (answer.type === 'A' ? [answer.data] : []));

describe('a forwarder that is believed', () => {
  const zone = zoneFor(TRUSTED);
  test.each([
    { why: 'a whole address', hex: '000120000a000101', echo: '000120200a000101', first: [NEAR] },
    {
      why: 'a whole IPv6 address',
      hex: `00028000${'20010db8'}${'0'.repeat(23)}1`,
      echo: `00028080${'20010db8'}${'0'.repeat(23)}1`,
      first: [NEAR],
    },
    {
      why: 'a part that lies in a network',
      hex: '000118000a0701',
      echo: '000118180a0701',
      first: [NEAR],
    },
    {
      why: 'a part not ending at an octet',
      hex: '000113000a0720',
      echo: '000113130a0720',
      first: [NEAR],
    },
    {
      why: 'somebody of whom nothing is known',
      hex: '00012000c0000201',
      echo: '00012020c0000201',
      first: [FAR, NEAR],
    },
    { why: 'nobody, as the client wishes', hex: '00010000', echo: '00010000', first: [FAR, NEAR] },
    { why: 'nobody, without a family', hex: '00000000', echo: '00000000', first: [FAR, NEAR] },
  ])('asks for $why', ({ hex, echo, first }) => {
    const response = askFor(zone, hex);
    expect(told(response).toSorted()).toEqual(first.toSorted());
    expect(subnetIn(response)).toBe(echo);
  });

  test.each([
    { why: 'one instance', name: 'one.marathon.mesos' },
    { why: 'no such name', name: 'absent.marathon.mesos' },
  ])('may give everybody an answer that is the same for all: $why', ({ name }) => {
    expect(subnetIn(askFor(zone, '000120000a000101', name))).toBe('000120000a000101');
  });

  test.each([
    { why: 'too short', hex: '0001' },
    { why: 'too few octets of address', hex: '000120000a0001' },
    { why: 'too many octets of address', hex: '000118000a000101' },
    { why: 'bits behind the prefix', hex: '000117000a0001' },
    { why: 'a prefix longer than an address', hex: '000121000a00010100' },
    { why: 'a family nobody knows', hex: '000320000a000101' },
    { why: 'an address without a family', hex: '000008000a' },
    { why: 'a scope in a query', hex: '000120200a000101' },
  ])('is told FORMERR for $why (RFC 7871 section 7.1.2)', ({ hex }) => {
    const response = askFor(zone, hex);
    expect(response).toMatchObject({ rcode: 'FORMERR', answers: [] });
    // What one query said is forgotten by the next.
    expect(told(ask(zone, 'web.marathon.mesos', 'A'))).toEqual([FAR]);
  });

  test('counts by its own address where it does not say for whom', () => {
    askFor(zone, '000120000a000101');
    expect(told(ask(zone, 'web.marathon.mesos', 'A'))).toEqual([FAR]);
    const response = ask(zone, 'web.marathon.mesos', 'A', { edns: 1232 });
    expect(told(response)).toEqual([FAR]);
    expect(subnetIn(response)).toBeUndefined();
  });

  test('may show a cookie as well', () => {
    const options = [
      { code: 10, data: Buffer.from('0102030405060708', 'hex') },
      { code: 8, data: Buffer.from('000120000a000101', 'hex') },
    ];
    const response = ask(zone, 'web.marathon.mesos', 'A', { edns: 1232, options });
    expect(told(response)).toEqual([NEAR]);
    expect(subnetIn(response)).toBe('000120200a000101');
  });
});

test('malformed options after a right one leave nothing behind', () => {
  const zone = zoneFor(TRUSTED);
  const options = [
    { code: 8, data: Buffer.from('000120000a000101', 'hex') },
    { code: 10, data: Buffer.from('01', 'hex') },
  ];
  expect(ask(zone, 'web.marathon.mesos', 'A', { edns: 1232, options })).toBeUndefined();
  expect(told(ask(zone, 'web.marathon.mesos', 'A'))).toEqual([FAR]);
});

test.each([
  '192.0.2.1',
  '10.0.3.1',
  '2001:db8:a::1',
])('%s is not believed, right or wrong', client => {
  const zone = zoneFor(client);
  for (const hex of ['000120000a000101', '0001']) {
    const response = askFor(zone, hex);
    expect(response).toMatchObject({ rcode: 'NOERROR' });
    expect(told(response).toSorted()).toEqual([NEAR, FAR].toSorted());
    expect(subnetIn(response)).toBeUndefined();
  }
});
