import type { DecodedPacket } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import {
  a,
  aaaa,
  answeringZone,
  ask,
  askOctets,
  queryOctets,
  SOA,
  srv,
} from '../fakes/answering-zone.ts';

const hosts = (count: number) =>
  Array.from({ length: count }, (_, n) => a('big.mesos', `10.0.${n >> 8}.${n & 255}`));
/** A service whose targets share nothing with its name but the zone, as without discovery info. */
const services = (count: number) =>
  Array.from({ length: count }, (_, n) => [
    srv('_web._tcp.marathon.mesos', 31_000 + n, `web-abc${n}-s1.marathon.slave.mesos`),
    a(`web-abc${n}-s1.marathon.slave.mesos`, `10.0.${n >> 8}.${n & 255}`),
  ]).flat();
const answerCount = (response: DecodedPacket | undefined) => response?.answers?.length;

describe('addresses', () => {
  const zone = answeringZone(hosts(400));

  test.each([
    // Header 12, question 15, 16 a record; OPT 11.
    { why: '512 octets without EDNS', asked: {}, count: 30 },
    { why: 'what the client offers', asked: { edns: 1000 }, count: 60 },
    { why: 'at least 512 with EDNS', asked: { edns: 100 }, count: 29 },
    { why: 'no more than our own limit', asked: { edns: 4096 }, count: 74 },
    { why: 'a higher limit of our own', asked: { edns: 4096, limit: 4096 }, count: 253 },
  ])('cut at $why, with TC', ({ asked, count }) => {
    const response = ask(zone, 'big.mesos', 'A', asked);
    expect(response).toMatchObject({ flag_tc: true, rcode: 'NOERROR' });
    expect(answerCount(response)).toBe(count);
    expect(new Set(response?.answers?.map(answer => JSON.stringify(answer))).size).toBe(count);
  });

  test('exactly what fits is not truncated', () => {
    const exact = answeringZone(hosts(30));
    expect(ask(exact, 'big.mesos', 'A')).toMatchObject({ flag_tc: false });
    expect(answerCount(ask(exact, 'big.mesos', 'A'))).toBe(30);
  });

  test('all of them by TCP, whatever the client offers', () => {
    zone.client.isTcp = true;
    const response = ask(zone, 'big.mesos', 'A', { edns: 512 });
    zone.client.isTcp = false;
    expect(response).toMatchObject({ flag_tc: false });
    expect(answerCount(response)).toBe(400);
  });

  test('setTruncateBit off hides TC and cuts all the same', () => {
    const hiding = answeringZone(hosts(400), { setTruncateBit: false });
    expect(ask(hiding, 'big.mesos', 'A')).toMatchObject({ flag_tc: false });
    expect(answerCount(ask(hiding, 'big.mesos', 'A'))).toBe(30);
  });

  test.each([
    { why: 'A', type: 'A', count: 2 },
    { why: 'AAAA', type: 'AAAA', count: 1 },
  ])('answerLimit leaves so many $why, without TC', ({ type, count }) => {
    const limited = answeringZone([...hosts(400), aaaa('big.mesos', 'fd00::1')], {
      answerLimit: 2,
    });
    expect(ask(limited, 'big.mesos', type)).toMatchObject({ flag_tc: false });
    expect(answerCount(ask(limited, 'big.mesos', type))).toBe(count);
  });
});

describe('services', () => {
  test('additional records go first, without TC', () => {
    // With all addresses 12 + 31 + 10 * (18 + 36 + 16) octets.
    const zone = answeringZone(services(10));
    const response = ask(zone, '_web._tcp.marathon.mesos', 'SRV');
    expect(response).toMatchObject({ flag_tc: false });
    expect(answerCount(response)).toBe(10);
    expect(response?.additionals?.length).toBeLessThan(10);
  });

  test('targets are whole where there is room, compressed where there is none', () => {
    const query = queryOctets('_web._tcp.marathon.mesos', 'SRV');
    const whole = askOctets(answeringZone(services(2)), query)!;
    expect(Buffer.from(whole).toString('latin1').split('slave').length - 1).toBe(2);
    const tight = askOctets(answeringZone(services(12)), query)!;
    expect(Buffer.from(tight).toString('latin1').split('slave').length - 1).toBe(1);
  });

  test('then whole answers are left out, with TC', () => {
    const response = ask(answeringZone(services(100)), '_web._tcp.marathon.mesos', 'SRV');
    expect(response).toMatchObject({ flag_tc: true, additionals: [] });
    expect(answerCount(response)).toBeGreaterThan(10);
  });

  test('everything by TCP, past the reach of compression pointers', () => {
    const zone = answeringZone(services(700));
    zone.client.isTcp = true;
    const response = ask(zone, '_web._tcp.marathon.mesos', 'SRV');
    expect(response).toMatchObject({ flag_tc: false });
    expect(answerCount(response)).toBe(700);
    expect(response?.additionals).toHaveLength(700);
  });

  test('two services of one task bring its address once', () => {
    const zone = answeringZone([
      srv('_web._tcp.mesos', 1, 'web-x.mesos'),
      srv('_web._tcp.mesos', 2, 'web-x.mesos'),
      a('web-x.mesos', '10.0.0.1'),
    ]);
    const response = ask(zone, '_web._tcp.mesos', 'SRV');
    expect(answerCount(response)).toBe(2);
    expect(response?.additionals).toHaveLength(1);
  });

  test('a record that does not fit at all still leaves a truncated answer', () => {
    const target = `${'t'.repeat(63)}.${'t'.repeat(63)}.${'t'.repeat(63)}.${'t'.repeat(50)}.mesos`;
    const owner = `${'o'.repeat(63)}.${'o'.repeat(63)}.${'o'.repeat(63)}.${'o'.repeat(50)}.mesos`;
    const zone = answeringZone([srv(owner, 1, target), srv(owner, 2, 'short.mesos')]);
    for (let round = 0; round < 8; round++) {
      expect(answerCount(ask(zone, owner, 'SRV'))).toBeGreaterThan(0);
    }
  });

  test('ANY of a big name holds one RRset', () => {
    const zone = answeringZone([...hosts(100), aaaa('big.mesos', 'fd00::1')]);
    const response = ask(zone, 'big.mesos', 'ANY', { edns: 1232 });
    expect(new Set(response?.answers?.map(({ type }) => type)).size).toBe(1);
  });
});

describe('order', () => {
  /** How often each of `count` records stood at `place` in `rounds` responses. */
  function tally(type: 'A' | 'SRV', count: number, rounds: number, place: number): number[] {
    const records = type === 'A' ? hosts(count) : services(count);
    const name = type === 'A' ? 'big.mesos' : '_web._tcp.marathon.mesos';
    const zone = answeringZone(records, { random: seededRandom(42) });
    const tallies = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const answer = ask(zone, name, type, { edns: 1232 })?.answers?.[place];
      const key = JSON.stringify(answer);
      tallies.set(key, (tallies.get(key) ?? 0) + 1);
    }
    expect(tallies.size).toBe(count);
    return [...tallies.values()];
  }

  const chiSquare = (counts: readonly number[], rounds: number) => {
    const expected = rounds / counts.length;
    return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  };

  test.each([
    // Limits are those of a chance of one in a thousand.
    { type: 'A', count: 2, place: 0, limit: 10.83 },
    { type: 'A', count: 5, place: 0, limit: 18.47 },
    { type: 'A', count: 5, place: 4, limit: 18.47 },
    { type: 'SRV', count: 4, place: 0, limit: 16.27 },
    { type: 'A', count: 100, place: 0, limit: 148.23 },
  ] as const)('$type: each of $count stands equally often at $place', ({
    type,
    count,
    place,
    limit,
  }) => {
    const rounds = 40 * count;
    expect(chiSquare(tally(type, count, rounds, place), rounds)).toBeLessThan(limit);
  });

  test('all orders of three are equally likely', () => {
    const zone = answeringZone(hosts(3), { random: seededRandom(9) });
    const rounds = 3000;
    const tallies = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const order = JSON.stringify(ask(zone, 'big.mesos', 'A')?.answers);
      tallies.set(order, (tallies.get(order) ?? 0) + 1);
    }
    expect(tallies.size).toBe(6);
    expect(chiSquare([...tallies.values()], rounds)).toBeLessThan(20.52);
  });

  test('equal seeds give equal octets', () => {
    const query = queryOctets('big.mesos', 'A');
    const [one, two] = [answeringZone(hosts(9)), answeringZone(hosts(9))];
    for (let round = 0; round < 5; round++) {
      expect(askOctets(one, query)).toEqual(askOctets(two, query));
    }
  });
});

test.each([
  { why: 'NODATA', name: 'web.mesos', type: 'TXT' },
  {
    why: 'NXDOMAIN',
    name: `${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.mesos`,
    type: 'A',
  },
])('$why with a SOA of extraordinary length is truncated', ({ name, type }) => {
  const long = `${'n'.repeat(63)}.${'n'.repeat(63)}.${'n'.repeat(63)}.mesos`;
  const soa = { ...SOA, primary: knownName(long), mailbox: knownName(long) };
  const zone = answeringZone([a('web.mesos', '10.0.0.1')], { soa });
  const response = ask(zone, name, type);
  const isCut = name.length > 100;
  expect(response).toMatchObject({ flag_tc: isCut, answers: [] });
  expect(response?.authorities).toHaveLength(isCut ? 0 : 1);
});

test('any size, any number of records: within the limit, whole records, TC when some are missing', () => {
  const shape = fc.record({
    count: fc.integer({ min: 1, max: 120 }),
    edns: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
    limit: fc.integer({ min: 512, max: 5000 }),
    type: fc.constantFrom('A', 'SRV'),
  });
  fc.assert(
    fc.property(shape, ({ count, edns, limit, type }) => {
      const zone = answeringZone(type === 'A' ? hosts(count) : services(count));
      const name = type === 'A' ? 'big.mesos' : '_web._tcp.marathon.mesos';
      const octets = askOctets(zone, queryOctets(name, type, { edns }), limit)!;
      const most = edns === undefined ? 512 : Math.min(Math.max(512, edns), limit);
      expect(octets.length).toBeLessThanOrEqual(most);
      const response = ask(zone, name, type, { edns, limit });
      expect(response?.flag_tc).toBe((answerCount(response) ?? 0) < count);
      expect(answerCount(response)).toBeGreaterThan(0);
    }),
    { numRuns: 80 },
  );
});
