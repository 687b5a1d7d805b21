import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knownName, type ResourceRecord } from '../../src/dns/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { AnswerTable, deltaSteps, zoneSteps } from '../../src/zone/index.ts';
import {
  type AnsweringZone,
  a,
  aaaa,
  answeringZone,
  ask,
  ORIGIN,
  srv,
} from '../fakes/answering-zone.ts';

const NOW = 1_700_000_000;

/** What a zone answers to every question about its names, in an order that does not depend on chance. */
function allAnswers(zone: AnsweringZone, names: readonly string[]): string[] {
  zone.client.isTcp = true;
  const line = (name: string, type: string) => {
    const response = ask(zone, name, type, { limit: 8192 }) as unknown as {
      rcode: string;
      answers: object[];
    };
    const answers = response.answers.map(answer => JSON.stringify(answer)).sort();
    return `${name} ${type} ${response.rcode} ${answers.join(' ')}`;
  };
  return names.flatMap(name => ['A', 'AAAA', 'SRV', 'TXT'].map(type => line(name, type)));
}

/** A table filled from the whole zone at once. */
function madeAnew({ current }: AnsweringZone): AnsweringZone {
  const fresh = answeringZone([]);
  const table = fresh.table;
  for (const step of zoneSteps(current.zone)) table.applyStep(step);
  return fresh;
}

const labels = ['web', 'db', 'x.web', 'y.x.web', '_tcp.fw', '_web._tcp.fw', 'fw'];
const names = [...labels, 'nope', 'nope.web'].map(label => `${label}.mesos`);
const anyRecord: fc.Arbitrary<ResourceRecord> = fc
  .tuple(
    fc.constantFrom(...labels),
    fc.constantFrom('A', 'AAAA', 'SRV'),
    fc.integer({ min: 1, max: 30 }),
    fc.constantFrom(...labels, 'elsewhere'),
  )
  .map(([label, kind, number, target]) => {
    if (kind === 'A') return a(`${label}.mesos`, `10.0.0.${number}`);
    if (kind === 'AAAA') return aaaa(`${label}.mesos`, `fd00::${number}`);
    return srv(
      `${label}.mesos`,
      number,
      target === 'elsewhere' ? 'far.example' : `${target}.mesos`,
    );
  });
const anyChange = fc.tuple(
  fc.constantFrom('t1', 't2', 't3'),
  fc.array(anyRecord, { maxLength: 30 }),
);

test('steps of deltas, one after another, make the table that the whole zone makes', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 8 }), list => {
      const zone = answeringZone([]);
      for (const [source, records] of list) zone.publish(source, records);
      const fresh = madeAnew(zone);
      expect(allAnswers(zone, names)).toEqual(allAnswers(fresh, names));
      expect(zone.table.nameCount).toBe(fresh.table.nameCount);
      expect(zone.table.serial).toBe(zone.current.zone.serial);
    }),
    { numRuns: 60 },
  );
});

test('when all sources are gone, so are all names', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 6 }), list => {
      const zone = answeringZone([]);
      const before = zone.table.nameCount;
      for (const [source, records] of list) zone.publish(source, records);
      for (const [source] of list) zone.publish(source, []);
      expect(zone.table.nameCount).toBe(before);
    }),
    { numRuns: 60 },
  );
});

/** The records of a task, one of `instances` of its service. */
function taskRecords(service: number, instance: string, number: number): ResourceRecord[] {
  const canonical = `web${service}-${instance}-s${number % 7}.marathon.mesos`;
  const address = `10.${service & 255}.${(number >> 8) & 255}.${number & 255}`;
  return [
    a(`web${service}.marathon.mesos`, address),
    a(canonical, address),
    srv(`_web${service}._tcp.marathon.mesos`, 31_000 + (number % 1000), canonical),
  ];
}

test('memory does not grow when tasks come and go for a long time', () => {
  const zone = answeringZone([]);
  const random = seededRandom(7);
  const churn = (rounds: number, from: number) => {
    for (let number = from; number < from + rounds; number++) {
      const task = `t${random.below(400)}`;
      const gone = random.below(4) === 0;
      const instance = random.uint32().toString(36);
      zone.publish(task, gone ? [] : taskRecords(random.below(40), instance, number));
    }
  };
  churn(3000, 0);
  const before = zone.table.octetsUsed;
  churn(20_000, 3000);
  expect(zone.table.octetsUsed).toBeLessThan(before * 1.1);
});

test('a table grows with its zone and still finds every name', () => {
  const records = Array.from({ length: 5000 }, (_, number) => [
    a(`host${number}.mesos`, `10.1.${number >> 8}.${number & 255}`),
    srv(`_host${number}._tcp.mesos`, number, `host${number}.mesos`),
  ]).flat();
  const zone = answeringZone(records);
  for (const number of [0, 1, 777, 4999]) {
    expect(ask(zone, `host${number}.mesos`, 'A')?.answers).toMatchObject([
      { data: `10.1.${number >> 8}.${number & 255}` },
    ]);
    expect(ask(zone, `_host${number}._tcp.mesos`, 'SRV')?.additionals).toHaveLength(1);
  }
});

test('a step touches at most 400 names, and addresses come before the SRV that point at them', () => {
  const zone = answeringZone([]);
  const records = Array.from({ length: 1000 }, (_, number) => [
    srv(`_host${number}._tcp.mesos`, number, `host${number}.mesos`),
    a(`host${number}.mesos`, '10.0.0.1'),
  ]).flat();
  const delta = zone.current.publish(new Map([['t', records]]), NOW)!;
  const table = new AnswerTable(ORIGIN, 3);
  const counts = [...deltaSteps(delta)].map(step => {
    table.applyStep(step);
    return table.nameCount;
  });
  // 1,000 addresses, the NS of the apex, 1,000 SRV; and the nodes above them.
  expect(counts).toHaveLength(6);
  expect(counts.every((count, step) => count <= 3 + 400 * (step + 1))).toBe(true);
  expect(table.serial).toBe(delta.to);
});

test('a name that is there before and after never answers empty in between', () => {
  const zone = answeringZone([a('web.mesos', '10.0.0.1'), srv('_web._tcp.mesos', 1, 'web.mesos')]);
  const delta = zone.current.publish(
    new Map([['test', [aaaa('web.mesos', 'fd00::1'), srv('_web._tcp.mesos', 2, 'web.mesos')]]]),
    NOW + 1,
  )!;
  for (const step of deltaSteps(delta)) {
    zone.table.applyStep(step);
    expect(ask(zone, 'web.mesos', 'TXT')).toMatchObject({ rcode: 'NOERROR' });
    expect(ask(zone, '_web._tcp.mesos', 'SRV')?.answers).toHaveLength(1);
    expect(ask(zone, '_web._tcp.mesos', 'SRV')?.additionals).not.toHaveLength(0);
  }
  expect(ask(zone, 'web.mesos', 'A')?.answers).toHaveLength(0);
});

test('names of 255 octets and labels of 63 are served', () => {
  const long = `${'a.'.repeat(124)}mesos`;
  const wide = `${'x'.repeat(63)}.${'y'.repeat(63)}.mesos`;
  const zone = answeringZone([a(long, '10.0.0.1'), a(wide, '10.0.0.2'), srv(wide, 1, long)]);
  expect(knownName(long)).toHaveLength(254);
  expect(ask(zone, long, 'A')?.answers).toHaveLength(1);
  expect(ask(zone, wide, 'SRV')).toMatchObject({ answers: [{ data: { target: long } }] });
  expect(ask(zone, wide, 'SRV')?.additionals).toHaveLength(1);
});
