import type { StringAnswer } from 'dns-packet';
import { describe, expect, test } from 'vitest';
import { a, answeringZone, ask, cname, srv } from '../fakes/answering-zone.ts';

const LONG = `${'x'.repeat(60)}.${'y'.repeat(60)}.${'z'.repeat(60)}.mesos`;
const zone = answeringZone([
  a('web.marathon.mesos', '10.0.0.1'),
  a('big.marathon.mesos', '10.0.0.1'),
  ...Array.from({ length: 60 }, (_, index) => a('big.marathon.mesos', `10.0.1.${index}`)),
  a('web-a-s1.marathon.mesos', '10.0.0.1'),
  srv('_web._tcp.marathon.mesos', 80, 'web-a-s1.marathon.mesos'),
  ...Array.from({ length: 12 }, (_, index) => srv('_many._tcp.mesos', index, `t${index}.mesos`)),
  ...Array.from({ length: 12 }, (_, index) => a(`t${index}.mesos`, '10.0.0.1')),
  cname('www.mesos', 'web.marathon.mesos'),
  cname('far.mesos', 'www.mesos'),
  cname('service.mesos', '_web._tcp.marathon.mesos'),
  cname('many.mesos', '_many._tcp.mesos'),
  cname('big.mesos', 'big.marathon.mesos'),
  cname('apex.mesos', 'mesos'),
  cname('lost.mesos', 'nobody.mesos'),
  cname('out.mesos', 'www.example.org'),
  cname('one.mesos', 'two.mesos'),
  cname('two.mesos', 'one.mesos'),
  cname('long.mesos', LONG),
  cname(LONG, `l.${LONG}`),
  cname(`l.${LONG}`, `m.${LONG}`),
  a(`m.${LONG}`, '10.0.0.3'),
]);

const lines = (name: string, type: string, asked = {}) =>
  (ask(zone, name, type, asked)?.answers ?? []).map(
    answer => `${answer.name} ${answer.type} ${JSON.stringify((answer as StringAnswer).data)}`,
  );
const WWW = 'www.mesos CNAME "web.marathon.mesos"';
const WEB = 'web.marathon.mesos A "10.0.0.1"';

describe('an alias', () => {
  test.each([
    { why: 'leads to addresses', name: 'www.mesos', type: 'A', answers: [WWW, WEB] },
    {
      why: 'is followed on',
      name: 'far.mesos',
      type: 'A',
      answers: ['far.mesos CNAME "www.mesos"', WWW, WEB],
    },
    { why: 'is itself an answer', name: 'www.mesos', type: 'CNAME', answers: [WWW] },
    { why: 'stands alone for ANY', name: 'www.mesos', type: 'ANY', answers: [WWW] },
    {
      why: 'out of the zone is all we can tell',
      name: 'out.mesos',
      type: 'A',
      answers: ['out.mesos CNAME "www.example.org"'],
    },
  ])('$why', ({ name, type, answers }) => {
    const response = ask(zone, name, type);
    expect(response).toMatchObject({ rcode: 'NOERROR', flag_aa: true, authorities: [] });
    expect(lines(name, type)).toEqual(answers);
  });

  test('leads to SRV records, whose targets have their addresses', () => {
    const response = ask(zone, 'service.mesos', 'SRV');
    expect(response?.answers?.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'service.mesos CNAME',
      '_web._tcp.marathon.mesos SRV',
    ]);
    expect(response?.additionals).toMatchObject([{ name: 'web-a-s1.marathon.mesos', type: 'A' }]);
  });

  test('leads to SRV records that fit only when they are compressed', () => {
    const response = ask(zone, 'many.mesos', 'SRV', { edns: 512 });
    expect(response?.flag_tc).toBe(false);
    expect(response?.answers?.slice(1).every(({ name }) => name === '_many._tcp.mesos')).toBe(true);
    expect(response?.answers).toHaveLength(13);
  });

  test('leads to the apex', () => {
    expect(ask(zone, 'apex.mesos', 'SOA')?.answers).toMatchObject([
      { name: 'apex.mesos', type: 'CNAME' },
      { name: 'mesos', type: 'SOA' },
    ]);
  });

  test.each([
    { why: 'without the type', name: 'www.mesos', type: 'TXT', rcode: 'NOERROR' },
    { why: 'that does not exist', name: 'lost.mesos', type: 'A', rcode: 'NXDOMAIN' },
  ])('to a name $why comes with the SOA ($rcode, RFC 2308 section 2)', ({ name, type, rcode }) => {
    const response = ask(zone, name, type);
    expect(response).toMatchObject({ rcode, answers: [{ name, type: 'CNAME' }] });
    expect(response?.authorities).toMatchObject([{ name: 'mesos', type: 'SOA', ttl: 10 }]);
  });

  test('in a circle ends', () => {
    const circle = lines('one.mesos', 'A');
    expect(circle.slice(0, 2)).toEqual([
      'one.mesos CNAME "two.mesos"',
      'two.mesos CNAME "one.mesos"',
    ]);
    expect(circle).toHaveLength(8);
  });

  test.each([
    { why: 'addresses', name: 'big.mesos' },
    { why: 'aliases', name: 'long.mesos' },
  ])('to more $why than fit is truncated, and whole by TCP', ({ name }) => {
    const response = ask(zone, name, 'A');
    expect(response).toMatchObject({ flag_tc: true, authorities: [] });
    expect(response?.answers?.[0]).toMatchObject({ name, type: 'CNAME' });
    zone.client.isTcp = true;
    const whole = ask(zone, name, 'A');
    zone.client.isTcp = false;
    expect(whole).toMatchObject({ flag_tc: false });
    expect(whole?.answers?.at(-1)?.type).toBe('A');
  });

  test('to a name that may yet come back says nothing', () => {
    zone.answers.serve({ kind: 'recovering' });
    expect(ask(zone, 'lost.mesos', 'A')).toMatchObject({ rcode: 'SERVFAIL', answers: [] });
    expect(ask(zone, 'www.mesos', 'A')?.answers).toHaveLength(2);
    zone.answers.serve({ kind: 'live' });
  });
});
