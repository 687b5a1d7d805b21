import type { Answer, SrvAnswer, StringAnswer } from 'dns-packet';
import { describe, expect, test } from 'vitest';
import {
  a,
  aaaa,
  answeringZone,
  ask,
  askOctets,
  queryOctets,
  srv,
} from '../fakes/answering-zone.ts';

const zone = answeringZone([
  a('web.marathon.mesos', '10.0.0.1'),
  a('web.marathon.mesos', '10.0.0.2'),
  aaaa('web.marathon.mesos', 'fd00::1'),
  a('leader.mesos', '10.0.0.9'),
  a('web-abcde-s1.marathon.mesos', '10.0.0.1'),
  aaaa('web-abcde-s1.marathon.mesos', 'fd00::1'),
  a('web-fghij-s2.marathon.mesos', '10.0.0.2'),
  srv('_web._tcp.marathon.mesos', 31_000, 'web-abcde-s1.marathon.mesos'),
  srv('_web._tcp.marathon.mesos', 31_001, 'web-fghij-s2.marathon.mesos'),
]);

/** The data of address records, sorted. */
const addresses = (answers: readonly Answer[] = []) =>
  answers
    .filter(({ type }) => type !== 'OPT')
    .map(answer => (answer as StringAnswer).data)
    .sort();

describe('records', () => {
  test.each([
    { why: 'A', name: 'web.marathon.mesos', type: 'A', data: ['10.0.0.1', '10.0.0.2'] },
    { why: 'AAAA', name: 'web.marathon.mesos', type: 'AAAA', data: ['fd00::1'] },
    {
      why: 'any letter case',
      name: 'WEB.Marathon.mEsos',
      type: 'A',
      data: ['10.0.0.1', '10.0.0.2'],
    },
    { why: 'NS of the apex', name: 'mesos', type: 'NS', data: ['ns1.mesos'] },
  ])('answers $why', ({ name, type, data }) => {
    const response = ask(zone, name, type)!;
    expect(response).toMatchObject({ id: 7, rcode: 'NOERROR', flag_aa: true, authorities: [] });
    expect(addresses(response.answers)).toEqual(data);
    expect(response.questions).toEqual([{ name, type, class: 'IN' }]);
    expect(response.answers?.every(answer => answer.name === name)).toBe(true);
    expect(response.answers?.every(answer => 'ttl' in answer && answer.ttl === 60)).toBe(true);
  });

  test('answers SRV with every address of its targets', () => {
    const response = ask(zone, '_web._tcp.marathon.mesos', 'SRV')!;
    const data = response.answers?.map(answer => (answer as SrvAnswer).data);
    expect(data).toHaveLength(2);
    expect(data).toContainEqual({
      priority: 0,
      weight: 1,
      port: 31_001,
      target: 'web-fghij-s2.marathon.mesos',
    });
    expect(addresses(response.additionals)).toEqual(['10.0.0.1', '10.0.0.2', 'fd00::1']);
  });

  test('answers SOA at the apex, with the serial of the zone', () => {
    const [answer] = ask(zone, 'mesos', 'SOA')?.answers ?? [];
    expect(answer).toMatchObject({ name: 'mesos', ttl: 60, data: { serial: 1_700_000_000 } });
  });

  test('answers ANY with all RRsets of a name while they are short', () => {
    const response = ask(zone, 'web.marathon.mesos', 'ANY')!;
    expect(addresses(response.answers)).toEqual(['10.0.0.1', '10.0.0.2', 'fd00::1']);
  });
});

describe('negative answers', () => {
  test.each([
    { why: 'no such name', name: 'nope.mesos', type: 'A', rcode: 'NXDOMAIN' },
    { why: 'no such service', name: '_nope._tcp.marathon.mesos', type: 'SRV', rcode: 'NXDOMAIN' },
    { why: 'nothing below a name', name: 'x.web.marathon.mesos', type: 'A', rcode: 'NXDOMAIN' },
    { why: 'the type is missing', name: 'leader.mesos', type: 'AAAA', rcode: 'NOERROR' },
    { why: 'SRV of a host', name: 'leader.mesos', type: 'SRV', rcode: 'NOERROR' },
    { why: 'a type we do not have', name: 'leader.mesos', type: 'HINFO', rcode: 'NOERROR' },
    { why: 'SOA below the apex', name: 'leader.mesos', type: 'SOA', rcode: 'NOERROR' },
    { why: 'DS at the apex', name: 'mesos', type: 'DS', rcode: 'NOERROR' },
    { why: 'only names below', name: 'marathon.mesos', type: 'A', rcode: 'NOERROR' },
    { why: 'only names below, ANY', name: 'marathon.mesos', type: 'ANY', rcode: 'NOERROR' },
    {
      why: 'two labels above a service',
      name: '_tcp.marathon.mesos',
      type: 'SRV',
      rcode: 'NOERROR',
    },
    { why: 'the apex has no address', name: 'mesos', type: 'A', rcode: 'NOERROR' },
  ])('$rcode with the SOA of the apex: $why', ({ name, type, rcode }) => {
    const response = ask(zone, name, type)!;
    expect(response).toMatchObject({ rcode, flag_aa: true, answers: [], additionals: [] });
    expect(response.authorities).toMatchObject([{ name: 'mesos', type: 'SOA', ttl: 10 }]);
  });

  test('a target whose address is gone does not exist', () => {
    const orphan = answeringZone([srv('_db._tcp.mesos', 1, 'db-x.mesos')]);
    expect(ask(orphan, 'db-x.mesos', 'A')).toMatchObject({ rcode: 'NXDOMAIN' });
    expect(ask(orphan, '_db._tcp.mesos', 'SRV')?.answers).toHaveLength(1);
  });
});

describe('what is not ours is left to the slow path', () => {
  test.each([
    { why: 'another zone', name: 'example.org', type: 'A' },
    { why: 'a name that only ends alike', name: 'xmesos', type: 'A' },
    { why: 'the root', name: '.', type: 'NS' },
    { why: 'a transfer', name: 'mesos', type: 'AXFR' },
  ])('$why', ({ name, type }) => {
    expect(ask(zone, name, type)).toBeUndefined();
  });

  test('a label that holds a dot is not the apex', () => {
    const query = queryOctets('web.mesos', 'A');
    // One label of nine octets, "web.mesos", instead of two.
    query.set([9, 119, 101, 98, 46], 12);
    expect(askOctets(zone, query)).toBeUndefined();
  });

  test.each([
    { why: 'a response', octets: [0, 7, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1] },
    { why: 'less than a header', octets: [0, 7, 1] },
  ])('silence for $why', ({ octets }) => {
    const query = Uint8Array.from(octets);
    expect(zone.answers.answerInto(query, 0, query.length, new Uint8Array(600), 0, 512)).toBe(-1);
  });
});

describe('flags', () => {
  test.each([
    { why: 'RD copied', flags: 0x0100, set: { flag_rd: true, flag_cd: false } },
    { why: 'no RD', flags: 0, set: { flag_rd: false, flag_ra: true } },
    { why: 'CD copied', flags: 0x0010, set: { flag_cd: true } },
    { why: 'AD and Z not copied', flags: 0x0060, set: { flag_ad: false, flag_z: false } },
    { why: 'TC not copied', flags: 0x0200, set: { flag_tc: false } },
  ])('$why', ({ flags, set }) => {
    expect(ask(zone, 'leader.mesos', 'A', { flags })).toMatchObject({ flag_aa: true, ...set });
  });

  test('RA follows recurseOn', () => {
    const shy = answeringZone([a('leader.mesos', '10.0.0.9')], { recurseOn: false });
    expect(ask(shy, 'leader.mesos', 'A')?.flag_ra).toBe(false);
  });
});
