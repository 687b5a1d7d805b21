import packet, { type Answer } from 'dns-packet';
import { describe, expect, test } from 'vitest';
import type { Octets } from '../../src/dns/index.ts';
import { a, aaaa, cname, queryOctets, srv } from '../fakes/answering-zone.ts';
import { tableOf } from '../fakes/places.ts';
import { signedZone } from '../fakes/signed-zone.ts';

const RECORDS = [
  a('web.marathon.mesos', '10.0.0.1'),
  a('web.marathon.mesos', '10.0.0.2'),
  aaaa('web.marathon.mesos', 'fd00::1'),
  srv('_web._tcp.marathon.mesos', 31_000, 'web.marathon.mesos'),
  cname('www.mesos', 'web.marathon.mesos'),
  cname('out.mesos', 'example.org'),
  cname('lost.mesos', 'nothing.mesos'),
  ...Array.from({ length: 100 }, (_, index) => a('many.mesos', `10.1.0.${index}`)),
];

/** A query with DO set; `co` wants compact answers said by their code. */
function signedQuery(name: string, type: string, { edns = 1232, co = false } = {}): Octets {
  const octets = queryOctets(name, type, { edns });
  octets[octets.length - 4] |= co ? 0xc0 : 0x80;
  return octets;
}

const decode = (octets: Octets | undefined) => packet.decode(Buffer.from(octets!));
const typesOf = (answers: readonly Answer[] = []) =>
  answers.map(answer => {
    const covered = answer.type === 'RRSIG' ? ` ${answer.data.typeCovered}` : '';
    const listed = answer.type === 'NSEC' ? ` ${answer.data.rrtypes.toSorted().join(' ')}` : '';
    return `${answer.name} ${answer.type}${covered}${listed}`;
  });

const SOA = ['mesos SOA', 'mesos RRSIG SOA'];
const signed = (name: string, type: string) => [`${name} ${type}`, `${name} RRSIG ${type}`];
const denied = (name: string, types: string) => [
  ...SOA,
  `${name} NSEC ${types}`,
  `${name} RRSIG NSEC`,
];

const WEB = 'web.marathon.mesos';
test.each([
  {
    why: 'addresses',
    ask: [WEB, 'A'],
    answers: [`${WEB} A`, `${WEB} A`, `${WEB} RRSIG A`],
  },
  {
    why: 'a name in capitals',
    ask: ['WEB.marathon.MESOS', 'AAAA'],
    answers: ['WEB.marathon.MESOS AAAA', 'WEB.marathon.MESOS RRSIG AAAA'],
  },
  {
    why: 'services, without additional records',
    ask: ['_web._tcp.marathon.mesos', 'SRV'],
    answers: signed('_web._tcp.marathon.mesos', 'SRV'),
  },
  { why: 'the start of authority', ask: ['mesos', 'SOA'], answers: SOA },
  { why: 'the key', ask: ['mesos', 'DNSKEY'], answers: signed('mesos', 'DNSKEY') },
  {
    why: 'an alias and what it leads to',
    ask: ['www.mesos', 'AAAA'],
    answers: [...signed('www.mesos', 'CNAME'), ...signed(WEB, 'AAAA')],
  },
  {
    why: 'an alias out of the zone',
    ask: ['out.mesos', 'A'],
    answers: signed('out.mesos', 'CNAME'),
  },
  {
    why: 'an alias to a name without the type',
    ask: ['www.mesos', 'TXT'],
    answers: signed('www.mesos', 'CNAME'),
    authorities: denied(WEB, 'A AAAA NSEC RRSIG'),
  },
  {
    why: 'an alias to nowhere',
    ask: ['lost.mesos', 'A'],
    answers: signed('lost.mesos', 'CNAME'),
    authorities: denied('nothing.mesos', 'NSEC RRSIG UNKNOWN_128'),
  },
  {
    why: 'a type that is not there',
    ask: [WEB, 'TXT'],
    authorities: denied(WEB, 'A AAAA NSEC RRSIG'),
  },
  {
    why: 'a name that has only names below it',
    ask: ['_tcp.marathon.mesos', 'A'],
    authorities: denied('_tcp.marathon.mesos', 'NSEC RRSIG'),
  },
  {
    why: 'a name that does not exist',
    ask: ['nope.mesos', 'A'],
    authorities: denied('nope.mesos', 'NSEC RRSIG UNKNOWN_128'),
  },
  {
    why: 'the apex without the type',
    ask: ['mesos', 'A'],
    authorities: denied('mesos', 'DNSKEY NS NSEC RRSIG SOA'),
  },
  {
    why: 'a key anywhere else',
    ask: [WEB, 'DNSKEY'],
    authorities: denied(WEB, 'A AAAA NSEC RRSIG'),
  },
  {
    why: 'what a name has',
    ask: [WEB, 'NSEC'],
    answers: [`${WEB} NSEC A AAAA NSEC RRSIG`, `${WEB} RRSIG NSEC`],
  },
  { why: 'signatures themselves', ask: [WEB, 'RRSIG'], answers: [`${WEB} RRSIG NSEC`] },
])('with DO: $why', ({ ask: [name, type], answers = [], authorities = [] }) => {
  const zone = signedZone(RECORDS);
  const response = decode(zone.answer(signedQuery(name, type)));
  expect(typesOf(response.answers)).toEqual(answers);
  expect(typesOf(response.authorities)).toEqual(authorities);
  expect((response as { rcode?: string }).rcode).toBe('NOERROR');
  expect(response.flag_aa).toBe(true);
  expect(response.additionals?.map(({ type: each }) => each)).toEqual(['OPT']);
});

test('who takes compact answers hears that a name does not exist', () => {
  const zone = signedZone(RECORDS);
  const rcode = (name: string) =>
    (decode(zone.answer(signedQuery(name, 'A', { co: true }))) as { rcode?: string }).rcode;
  expect([rcode('nope.mesos'), rcode('_tcp.marathon.mesos')]).toEqual(['NXDOMAIN', 'NOERROR']);
});

test.each([
  { name: WEB, type: 'AAAA', edns: undefined },
  { name: 'nope.mesos', type: 'A', edns: 1232 },
  { name: WEB, type: 'TXT', edns: 1232 },
])('without DO $name $type is answered as ever', ({ name, type, edns }) => {
  const zone = signedZone(RECORDS);
  const query = queryOctets(name, type, { edns });
  const room = new Uint8Array(1232);
  const length = zone.plain.answerInto(query, 0, query.length, room, 0, 1232);
  expect(zone.answer(query)).toEqual(room.slice(0, length));
  expect(zone.count('signatures_made')).toBe(0);
});

test('without DO the key is shown, unsigned', () => {
  const zone = signedZone(RECORDS);
  expect(typesOf(decode(zone.answer(queryOctets('mesos', 'DNSKEY'))).answers)).toEqual([
    'mesos DNSKEY',
  ]);
});

test('the type of names that do not exist cannot be asked for (RFC 9824 section 3.5)', () => {
  const zone = signedZone(RECORDS);
  const query = signedQuery(WEB, 'A');
  query[query.length - 11 - 4 + 1] = 128;
  const response = decode(zone.answer(query)) as { rcode?: string; flag_aa: boolean };
  expect([response.rcode, response.flag_aa]).toEqual(['FORMERR', false]);
});

test('only by TCP it is said how long a connection is kept', () => {
  const zone = signedZone(RECORDS, { tcpIdleMs: 10_000 });
  const KEEPALIVE = [0, 11, 0, 0];
  const query = Uint8Array.from([...signedQuery(WEB, 'A'), ...KEEPALIVE]);
  query[query.length - KEEPALIVE.length - 1] = KEEPALIVE.length;
  const lengths = [false, true].map(isTcp => {
    zone.client.isTcp = isTcp;
    return zone.answer(query)!.length;
  });
  expect(lengths[1] - lengths[0]).toBe(6);
});

describe('sizes', () => {
  test('what UDP has no room for is truncated without records, and whole by TCP', () => {
    const zone = signedZone(RECORDS, { answerLimit: 5 });
    const cut = decode(zone.answer(signedQuery('many.mesos', 'A')));
    expect([cut.flag_tc, cut.answers, cut.additionals?.length]).toEqual([true, [], 1]);
    zone.client.isTcp = true;
    const whole = decode(zone.answer(signedQuery('many.mesos', 'A')));
    expect([whole.flag_tc, whole.answers?.length]).toEqual([false, 101]);
  });

  test('what the client offers counts', () => {
    const zone = signedZone(RECORDS);
    expect(zone.answer(signedQuery('nope.mesos', 'A'))!.length).toBeGreaterThan(300);
    const query = signedQuery(`${'x'.repeat(60)}.${'y'.repeat(60)}.mesos`, 'A', { edns: 512 });
    expect(decode(zone.answer(query)).flag_tc).toBe(true);
  });

  test.each([250, 253, 254, 255])('a name of %i octets that does not exist is denied', octets => {
    const zone = signedZone(RECORDS);
    zone.client.isTcp = true;
    const labels = octets - 'mesos'.length - 2;
    const name = [63, 63, 63, labels - 3 * 64 - 1].map(count => 'x'.repeat(count)).join('.');
    const response = decode(zone.answer(signedQuery(`${name}.mesos`, 'A')));
    expect(response.authorities).toHaveLength(4);
  });
});

describe('signatures', () => {
  const HOUR_MS = 3_600_000;
  const rrsig = (octets: Octets | undefined) => {
    const found = decode(octets).answers!.find(({ type }) => type === 'RRSIG')!;
    return found.type === 'RRSIG' ? found.data : undefined;
  };

  test('are kept while the records stay, and made anew when they change', () => {
    const zone = signedZone(RECORDS);
    const query = signedQuery(WEB, 'A');
    for (let times = 0; times < 10; times++) zone.answer(query);
    expect([zone.count('signatures_made'), zone.count('signatures_kept')]).toEqual([1, 9]);
    zone.publish('test', [...RECORDS, a(WEB, '10.0.0.3')]);
    expect(decode(zone.answer(query)).answers).toHaveLength(4);
    expect(zone.count('signatures_made')).toBe(2);
  });

  test('begin before now, and are renewed two days before they end', async () => {
    const zone = signedZone(RECORDS);
    const query = signedQuery(WEB, 'A');
    const nowSeconds = () => zone.clock.now() / 1000;
    const first = rrsig(zone.answer(query))!;
    expect(nowSeconds() - first.inception).toBe(3600);
    await zone.clock.advance(19 * HOUR_MS);
    expect(rrsig(zone.answer(query))).toEqual(first);
    await zone.clock.advance(6 * HOUR_MS);
    const second = rrsig(zone.answer(query))!;
    expect(first.expiration - nowSeconds()).toBeGreaterThan(46 * 3600);
    expect(second.expiration).toBeGreaterThan(first.expiration);
  });

  test('are so many in a second; beyond it is SERVFAIL, until the next', async () => {
    const zone = signedZone(RECORDS);
    const rcodes = new Map<string, number>();
    const askFor = (name: string) => {
      const { rcode } = decode(zone.answer(signedQuery(name, 'A'))) as { rcode?: string };
      rcodes.set(rcode!, (rcodes.get(rcode!) ?? 0) + 1);
    };
    for (let index = 0; index < 2005; index++) askFor(`n${index}.mesos`);
    expect(Object.fromEntries(rcodes)).toEqual({ NOERROR: 1999, SERVFAIL: 6 });
    expect(zone.count('signatures_refused')).toBe(6);
    await zone.clock.advance(1000);
    askFor('n2004.mesos');
    expect(rcodes.get('NOERROR')).toBe(2000);
  });
});

test('before the first state nothing is signed', () => {
  const zone = signedZone(RECORDS);
  zone.answers.serve({ kind: 'starting' });
  const response = decode(zone.answer(signedQuery(WEB, 'A'))) as { rcode?: string };
  expect(response.rcode).toBe('SERVFAIL');
  expect(zone.count('signatures_made')).toBe(0);
});

test('a signed set is whole though only near instances are told, and begins with them', () => {
  const places = tableOf({ '127.0.0.1': [1, 1, 1], '10.0.0.2': [1, 1, 1] });
  const zone = signedZone(RECORDS, {}, { places, isFilter: true, subnet: undefined });
  const addresses = (query: Octets) =>
    (decode(zone.answer(query)).answers ?? []).flatMap(answer =>
      answer.type === 'A' ? [answer.data] : [],
    );
  for (let round = 0; round < 8; round++) {
    expect(addresses(queryOctets(WEB, 'A', { edns: 1232 }))).toEqual(['10.0.0.2']);
    expect(addresses(signedQuery(WEB, 'A'))).toEqual(['10.0.0.2', '10.0.0.1']);
  }
});
