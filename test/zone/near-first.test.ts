import type { DecodedPacket } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { type AnsweringZone, a, aaaa, answeringZone, ask, srv } from '../fakes/answering-zone.ts';
import { showClient } from '../fakes/ask-hot-path.ts';
import { localityOf, type PlaceNumbers, tableOf } from '../fakes/places.ts';

/** Instances of `web` by their distance from the client 10.0.1.1, which is on agent 1. */
const NEAR: Readonly<Record<string, PlaceNumbers>> = {
  '10.0.1.1': [1, 1, 1],
  '10.0.1.2': [1, 1, 1],
  '10.0.1.3': [1, 1, 1],
  '10.0.2.1': [2, 1, 1],
  '10.0.2.2': [3, 1, 1],
  '10.0.3.1': [4, 2, 1],
  '10.0.3.2': [5, 2, 1],
  '10.0.4.1': [6, 3, 2],
};
const FAR = '10.0.5.1';
const instances = [...Object.keys(NEAR).slice(1), FAR];
const web = instances.map(address => a('web.marathon.mesos', address));
/** From 1, the same agent, to 4, elsewhere; as seen from agent 1. */
const tierOf = (address: string) => [1, 1, 2, 2, 3, 3][instances.indexOf(address)] ?? 4;

function zoneFrom(client: string, settings: Parameters<typeof answeringZone>[1] = {}) {
  const zone = answeringZone(web, { locality: localityOf(tableOf(NEAR)), ...settings });
  showClient(zone.client, client);
  return zone;
}

const addresses = (response: DecodedPacket | undefined) =>
  (response?.answers ?? []).flatMap(answer => (answer.type === 'A' ? [answer.data] : []));
const count = ({ counters: { values, slot } }: AnsweringZone, name: keyof typeof slot) =>
  values[slot[name]];

describe('in order', () => {
  test('agent, zone, region, elsewhere; all of them', () => {
    const zone = zoneFrom('10.0.1.1');
    for (let round = 0; round < 50; round++) {
      const told = addresses(ask(zone, 'web.marathon.mesos', 'A'));
      expect(told.map(tierOf)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
      expect(told.toSorted()).toEqual(instances.toSorted());
    }
    expect(count(zone, 'nearest_agent')).toBe(50);
  });

  test.each([
    {
      why: 'on an agent without instances',
      client: '10.0.2.9',
      nearest: 'nearest_zone',
      place: [9, 1, 1],
    },
    {
      why: 'in a zone without instances',
      client: '10.0.3.9',
      nearest: 'nearest_region',
      place: [9, 9, 1],
    },
    {
      why: 'in a region without instances',
      client: '10.9.9.9',
      nearest: 'nearest_elsewhere',
      place: [9, 9, 9],
    },
    {
      why: 'of whom nothing is known',
      client: '192.0.2.1',
      nearest: 'nearest_unknown',
      place: [0, 0, 0],
    },
  ] as const)('counts the tier for a client $why', ({ client, nearest, place }) => {
    const locality = localityOf(tableOf({ ...NEAR, [client]: place }));
    const zone = zoneFrom(client, { locality });
    expect(addresses(ask(zone, 'web.marathon.mesos', 'A'))).toHaveLength(8);
    expect(count(zone, nearest)).toBe(1);
  });

  test('law: within a tier every order is equally likely', () => {
    const tallies = new Map<string, number>();
    const rounds = 4000;
    for (let seed = 0; seed < 8; seed++) {
      const zone = zoneFrom('10.0.1.1', { random: seededRandom(seed) });
      for (let round = 0; round < rounds / 8; round++) {
        const told = addresses(ask(zone, 'web.marathon.mesos', 'A'));
        // The orders of three tiers of two, which must be independent as well.
        const key = [0, 2, 4].map(at => Number(told[at] < told[at + 1])).join('');
        tallies.set(key, (tallies.get(key) ?? 0) + 1);
      }
    }
    const expected = rounds / 8;
    const sums = [...tallies.values()].map(tally => (tally - expected) ** 2 / expected);
    expect(tallies.size).toBe(8);
    // A chance of one in a thousand, with seven degrees of freedom.
    expect(sums.reduce((sum, part) => sum + part, 0)).toBeLessThan(24.32);
  });

  test('what nobody knows the place of is shuffled as a whole', () => {
    const zone = zoneFrom('192.0.2.1');
    const first = new Set<string>();
    for (let round = 0; round < 300; round++) {
      first.add(addresses(ask(zone, 'web.marathon.mesos', 'A'))[0]);
    }
    expect(first.size).toBe(8);
  });

  test('the answer limit and a cut keep the near ones', () => {
    const limited = zoneFrom('10.0.1.1', { answerLimit: 3 });
    expect(addresses(ask(limited, 'web.marathon.mesos', 'A')).map(tierOf)).toEqual([1, 1, 2]);
    const many = Array.from({ length: 60 }, (_, index) =>
      a('web.marathon.mesos', `10.7.0.${index}`),
    );
    const cut = answeringZone([...web, ...many], { locality: localityOf(tableOf(NEAR)) });
    showClient(cut.client, '10.0.1.1');
    const response = ask(cut, 'web.marathon.mesos', 'A');
    expect(response?.flag_tc).toBe(true);
    expect(addresses(response).slice(0, 4).map(tierOf)).toEqual([1, 1, 2, 2]);
  });

  test('SRV records by where their targets are, by TCP as well', () => {
    const targets = instances.map((address, index) => a(`web-${index}.marathon.mesos`, address));
    const ports = instances.map((_, index) =>
      srv('_web._tcp.marathon.mesos', 80, `web-${index}.marathon.mesos`),
    );
    const zone = answeringZone([...targets, ...ports], { locality: localityOf(tableOf(NEAR)) });
    for (const isTcp of [false, true]) {
      showClient(zone.client, '10.0.1.1', isTcp);
      const response = ask(zone, '_web._tcp.marathon.mesos', 'SRV', { edns: 1232 });
      const told = (response?.answers ?? []).flatMap(answer =>
        answer.type === 'SRV' ? [Number(/web-(\d)/.exec(answer.data.target)![1])] : [],
      );
      expect(told.map(index => tierOf(instances[index]))).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
      const glue = (response?.additionals ?? []).filter(({ type }) => type === 'A');
      expect(glue).toHaveLength(8);
    }
  });

  test('IPv6, and a client at an IPv4-mapped address', () => {
    const places = tableOf({
      '2001:db8::1': [1, 1, 1],
      '2001:db8::2': [1, 1, 1],
      '10.0.0.9': [1, 1, 1],
    });
    const six = ['2001:db8::7', '2001:db8::2', '2001:db8::8'].map(text =>
      aaaa('six.marathon.mesos', text),
    );
    const zone = answeringZone(six, { locality: localityOf(places) });
    for (const client of ['2001:db8::1', '10.0.0.9']) {
      showClient(zone.client, client);
      const [first] = ask(zone, 'six.marathon.mesos', 'AAAA')?.answers ?? [];
      expect(first).toMatchObject({ data: '2001:db8::2' });
    }
    const mapped = Uint8Array.from([...new Uint8Array(10), 255, 255, 10, 0, 0, 9]);
    Object.assign(zone.client, { octets: mapped, at: 0, length: 16 });
    expect(ask(zone, 'six.marathon.mesos', 'AAAA')?.answers?.[0]).toMatchObject({
      data: '2001:db8::2',
    });
  });
});

describe('as a filter', () => {
  const filter = (client: string, place?: PlaceNumbers) => {
    const table = tableOf(place ? { ...NEAR, [client]: place } : NEAR);
    return zoneFrom(client, { locality: localityOf(table, { isFilter: true }) });
  };

  test.each([
    { why: 'its agent', zone: filter('10.0.1.1'), tiers: [1, 1] },
    { why: 'its zone', zone: filter('10.0.2.9', [9, 1, 1]), tiers: [1, 1, 2, 2] },
    { why: 'its region', zone: filter('10.0.3.9', [9, 9, 1]), tiers: [1, 1, 2, 2, 3, 3] },
    {
      why: 'nothing near: all',
      zone: filter('10.9.9.9', [9, 9, 9]),
      tiers: [1, 1, 2, 2, 3, 3, 4, 4],
    },
    { why: 'nothing known: all', zone: filter('192.0.2.1'), tiers: [1, 1, 2, 2, 3, 3, 4, 4] },
  ])('a client gets what is on or in $why', ({ zone, tiers }) => {
    const response = ask(zone, 'web.marathon.mesos', 'A');
    expect(response?.flag_tc).toBe(false);
    // The distances from agent 1, sorted: which instances they are.
    const told = addresses(response)
      .map(tierOf)
      .toSorted((one, other) => one - other);
    expect(told).toEqual(tiers);
  });

  test('a single instance is told however far it is', () => {
    const zone = answeringZone([a('one.marathon.mesos', FAR)], {
      locality: localityOf(tableOf(NEAR), { isFilter: true }),
    });
    showClient(zone.client, '10.0.1.1');
    expect(addresses(ask(zone, 'one.marathon.mesos', 'A'))).toEqual([FAR]);
  });

  test.each([
    { name: 'slave.mesos', type: 'A', count: 8 },
    { name: '_slave._tcp.mesos', type: 'SRV', count: 2 },
    { name: 'mesos', type: 'NS', count: 1 },
  ])('lists of machines stay whole: $name', ({ name, type, count: wanted }) => {
    const machines = [
      ...instances.map(address => a('slave.mesos', address)),
      a('other.mesos', FAR),
      srv('_slave._tcp.mesos', 5051, 'slave.mesos'),
      srv('_slave._tcp.mesos', 5051, 'other.mesos'),
    ];
    const locality = localityOf(tableOf(NEAR), { isFilter: true });
    const zone = answeringZone(machines, { locality });
    showClient(zone.client, '10.0.1.1');
    expect(ask(zone, name, type)?.answers).toHaveLength(wanted);
  });

  test('law: never empty, never a farther one beside a nearer one', () => {
    const anyPlace = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2));
    fc.assert(
      fc.property(
        anyPlace,
        fc.array(anyPlace, { minLength: 1, maxLength: 12 }),
        (client, places) => {
          const known = Object.fromEntries(
            places.map((place, index) => [`10.0.0.${index}`, place]),
          );
          const records = Object.keys(known).map(address => a('any.marathon.mesos', address));
          const table = tableOf({ ...known, '10.1.0.0': client });
          const distance = (place: PlaceNumbers) => {
            const at = place.findIndex((number, level) => number !== 0 && number === client[level]);
            return at < 0 ? 3 : at;
          };
          const zone = answeringZone(records, { locality: localityOf(table, { isFilter: true }) });
          showClient(zone.client, '10.1.0.0');
          const told = addresses(ask(zone, 'any.marathon.mesos', 'A'));
          const nearest = Math.min(...places.map(distance));
          const wanted = Object.keys(known).filter(text => distance(known[text]) === nearest);
          expect(told.toSorted()).toEqual(wanted.toSorted());
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('without locality nothing of it is counted', () => {
  const zone = answeringZone(web);
  ask(zone, 'web.marathon.mesos', 'A');
  expect(count(zone, 'nearest_unknown')).toBe(0);
});
