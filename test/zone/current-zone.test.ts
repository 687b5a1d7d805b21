import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownName, type ResourceRecord, recordValue, serial } from '../../src/dns/index.ts';
import { CurrentZone } from '../../src/zone/index.ts';
import { a, aaaa, ORIGIN, SOA, srv } from '../fakes/answering-zone.ts';

const NOW = 1_700_000_000;
const zoneOf = () => new CurrentZone({ origin: ORIGIN, soa: SOA });
const changes = (from: Readonly<Record<string, readonly ResourceRecord[]>>) =>
  new Map(Object.entries(from));
const text = (record: ResourceRecord) => `${record.owner} ${record.type} ${recordValue(record)}`;
const texts = ({ zone }: CurrentZone) =>
  zone
    .rrsets()
    .flatMap(({ records }) => records.map(text))
    .sort();
const APEX = 'mesos. NS ns1.mesos.';

describe('versions', () => {
  test('the first publish makes one, even of nothing, with the NS of the apex', () => {
    const current = zoneOf();
    expect(current.zone.serial).toBeUndefined();
    const delta = current.publish(new Map(), NOW);
    expect(delta).toMatchObject({ from: undefined, to: NOW, removed: [] });
    expect(texts(current)).toEqual([APEX]);
  });

  test.each([
    { why: 'same records, same serial', second: { t1: [a('web.mesos', '10.0.0.1')] } },
    { why: 'the same record from another source', second: { t2: [a('web.mesos', '10.0.0.1')] } },
    { why: 'an unknown source removed', second: { t9: [] } },
    {
      why: 'a record moving to another source',
      second: { t1: [], t2: [a('web.mesos', '10.0.0.1')] },
    },
    {
      why: 'a record moving, taken before it is given up',
      second: { t2: [a('web.mesos', '10.0.0.1')], t1: [] },
    },
  ])('no new one: $why', ({ second }) => {
    const current = zoneOf();
    current.publish(changes({ t1: [a('web.mesos', '10.0.0.1')] }), NOW);
    const before = current.zone.rrsets();
    expect(current.publish(changes(second), NOW + 5)).toBeUndefined();
    expect(current.zone.serial).toBe(NOW);
    expect(current.zone.rrsets()).toEqual(before);
  });

  test.each([
    { why: 'the time', previousSerial: undefined, serials: [NOW, NOW + 5] },
    {
      why: 'one more than before a restart',
      previousSerial: NOW + 50,
      serials: [NOW + 51, NOW + 52],
    },
  ])('serials follow $why', ({ previousSerial, serials }) => {
    const previous = previousSerial === undefined ? undefined : serial(previousSerial);
    const current = new CurrentZone({ origin: ORIGIN, soa: SOA, previousSerial: previous });
    const first = current.publish(new Map(), NOW);
    const second = current.publish(changes({ t1: [a('web.mesos', '10.0.0.1')] }), NOW + 5);
    expect([first?.to, second?.to]).toEqual(serials);
    expect(second?.from).toBe(serials[0]);
  });
});

describe('deltas', () => {
  const one = a('web.mesos', '10.0.0.1');
  const two = a('web.mesos', '10.0.0.2');
  const started = () => {
    const current = zoneOf();
    current.publish(changes({ t1: [one], t2: [two, aaaa('web.mesos', 'fd00::1')] }), NOW);
    return current;
  };

  test('a changed RRset stands in both lists, untouched ones in none', () => {
    const delta = started().publish(changes({ t3: [a('web.mesos', '10.0.0.3')] }), NOW + 1);
    expect(delta?.removed.map(({ records }) => records)).toEqual([[one, two]]);
    expect(delta?.added.map(({ records }) => records)).toEqual([
      [one, two, a('web.mesos', '10.0.0.3')],
    ]);
  });

  test('what is gone stands in the removed list only', () => {
    const current = started();
    const delta = current.publish(changes({ t2: [] }), NOW + 1);
    expect(delta?.removed.map(({ type }) => type).sort()).toEqual(['A', 'AAAA']);
    expect(delta?.added.map(({ records }) => records)).toEqual([[one]]);
    expect(current.zone.at(knownName('web.mesos'))).toHaveLength(1);
  });

  test('an array of RRsets taken before a publish stays as it was', () => {
    const current = started();
    const taken = current.zone.rrsets();
    const copy = structuredClone(taken);
    current.publish(changes({ t1: [], t2: [a('new.mesos', '10.0.0.9')] }), NOW + 1);
    expect(taken).toEqual(copy);
  });
});

test('a record stays until its last source is gone', () => {
  const current = zoneOf();
  const record = srv('_web._tcp.mesos', 80, 'web.mesos');
  current.publish(changes({ t1: [record, record], t2: [{ ...record }] }), NOW);
  expect(texts(current)).toEqual(['_web._tcp.mesos. SRV 0 1 80 web.mesos.', APEX]);
  expect(current.publish(changes({ t1: [record] }), NOW)).toBeUndefined();
  expect(current.publish(changes({ t1: [] }), NOW)).toBeUndefined();
  expect(current.publish(changes({ t2: [] }), NOW)?.removed).toHaveLength(1);
  expect(texts(current)).toEqual([APEX]);
});

test('names exist when they, or names below them, have records', () => {
  const current = zoneOf();
  current.publish(changes({ t1: [srv('_web._tcp.fw.mesos', 80, 'web.mesos')] }), NOW);
  const { zone } = current;
  const existing = ['mesos', 'fw.mesos', '_tcp.fw.mesos', '_web._tcp.fw.mesos'];
  expect(existing.every(name => zone.exists(knownName(name)))).toBe(true);
  expect(zone.exists(knownName('web.mesos'))).toBe(false);
  expect(zone).toMatchObject({ nameCount: 2, recordCounts: { A: 0, AAAA: 0, NS: 1, SRV: 1 } });
});

const anyRecord = fc
  .record({
    label: fc.constantFrom('web', 'db', 'constructor', '__proto__', 'a.b'),
    kind: fc.constantFrom('A', 'AAAA', 'SRV'),
    number: fc.integer({ min: 0, max: 60 }),
  })
  .map(({ label, kind, number }) => {
    if (kind === 'A') return a(`${label}.mesos`, `10.0.0.${number}`);
    if (kind === 'AAAA') return aaaa(`${label}.mesos`, `fd00::${number + 1}`);
    return srv(`_${label}._tcp.mesos`, number, `${label}-${number}.mesos`);
  });
const anyChange = fc.tuple(
  fc.constantFrom('t1', 't2', 't3', 'constructor', '__proto__'),
  fc.array(anyRecord, { maxLength: 80 }),
);

test('a first version is what its sources make one after another, in the same order', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 5 }), list => {
      const [atOnce, oneByOne] = [zoneOf(), zoneOf()];
      const sources = new Map(list);
      atOnce.publish(sources, NOW);
      oneByOne.publish(new Map(), NOW);
      for (const entry of sources) oneByOne.publish(new Map([entry]), NOW);
      const owners = new Set(oneByOne.zone.rrsets().map(({ owner }) => owner));
      const byType = ({ zone }: CurrentZone) =>
        [...owners].map(owner => new Map(zone.at(owner).map(rrset => [rrset.type, rrset.records])));
      expect(byType(atOnce)).toEqual(byType(oneByOne));
      expect(atOnce.zone.recordCounts).toEqual(oneByOne.zone.recordCounts);
      for (const [source] of sources) atOnce.publish(changes({ [source]: [] }), NOW);
      expect(texts(atOnce)).toEqual([APEX]);
    }),
    { numRuns: 60 },
  );
});

test('any changes: the zone is the union of its sources, and the deltas add up to it', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyChange, { maxLength: 3 }), { maxLength: 8 }), publishes => {
      const current = zoneOf();
      const sources = new Map<string, readonly ResourceRecord[]>();
      const replayed = new Map<string, readonly string[]>();
      for (const [index, list] of publishes.entries()) {
        for (const [source, records] of list) sources.set(source, records);
        const delta = current.publish(new Map(list), NOW + index);
        for (const { owner, type } of delta?.removed ?? []) replayed.delete(`${owner} ${type}`);
        for (const { owner, type, records } of delta?.added ?? []) {
          replayed.set(`${owner} ${type}`, records.map(text));
        }
        const union = new Set([...sources.values()].flat().map(text));
        expect(texts(current)).toEqual([...union, APEX].sort());
        expect([...replayed.values()].flat().sort()).toEqual(texts(current));
        const { recordCounts } = current.zone;
        expect(Object.values(recordCounts).reduce((sum, n) => sum + n)).toBe(union.size + 1);
      }
    }),
    { numRuns: 60 },
  );
});
