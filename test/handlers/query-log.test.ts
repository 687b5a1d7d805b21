import { expect, test } from 'vitest';
import type { AnswerInto, Octets } from '../../src/dns/index.ts';
import { type QueryLogOptions, withQueryLog } from '../../src/handlers/index.ts';
import { type LogFields, quietLog, seededRandom } from '../../src/runtime/index.ts';
import { a, answeringZone, queryOctets } from '../fakes/answering-zone.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const CLIENT = { address: '192.0.2.9', port: 4000, transport: 'tcp' } as const;

function setUp(options: QueryLogOptions | undefined) {
  const zone = answeringZone([a('web.mesos', '10.0.0.1'), a('web.mesos', '10.0.0.2')]);
  const clock = new SimulatedClock();
  const lines: LogFields[] = [];
  const log = { ...quietLog(), info: (_: string, fields: LogFields = {}) => lines.push(fields) };
  const refused = Uint8Array.of(0, 7, 0x81, 0x05, 0, 1, 0, 0, 0, 0, 0, 0);
  const own = {
    answerInto: zone.answers.answerInto,
    slow: (octets: Octets) => (octets.length < 12 ? undefined : Promise.resolve(refused)),
  };
  const world = { clock, random: seededRandom(1), log };
  const paths = withQueryLog(options, own, zone.client, world);
  const response = new Uint8Array(1232);
  const ask = (query: Octets, answerInto: AnswerInto = paths.answerInto) =>
    answerInto(query, 0, query.length, response, 0, 1232);
  return { zone, own, paths, lines, clock, ask };
}

test('without it both paths are what they were: it costs nothing', () => {
  const { own, paths } = setUp(undefined);
  expect(paths.answerInto).toBe(own.answerInto);
  expect(paths.slow).toBe(own.slow);
});

test('a query of the hot path is logged with its answer, once its turn is over', async () => {
  const { ask, lines, clock } = setUp({ oneIn: 1, perSecond: 100 });
  const length = ask(queryOctets('Web.mesos', 'A'));
  expect(lines).toEqual([]);
  await clock.advance(0);
  expect(lines).toEqual([
    {
      client: '127.0.0.1',
      transport: 'udp',
      name: 'web.mesos.',
      type: 'A',
      rcode: 'NOERROR',
      flags: ['aa', 'rd', 'ra'],
      answers: 2,
      octets: length,
    },
  ]);
});

test('what the hot path leaves over is logged by the slow one alone', async () => {
  const { ask, paths, lines, clock } = setUp({ oneIn: 1, perSecond: 100 });
  const query = queryOctets('www.example.org', 'MX');
  expect(ask(query)).toBe(0);
  await paths.slow(query, CLIENT, 1232);
  await clock.advance(0);
  expect(lines).toMatchObject([
    {
      client: '192.0.2.9',
      transport: 'tcp',
      name: 'www.example.org.',
      type: 'MX',
      rcode: 'REFUSED',
    },
  ]);
});

test('what cannot be read, or is not answered, is told as far as it goes', async () => {
  const { paths, lines, clock } = setUp({ oneIn: 1, perSecond: 100 });
  void paths.slow(Uint8Array.of(1, 2, 3), CLIENT, 1232);
  await clock.advance(0);
  expect(lines).toEqual([{ client: '192.0.2.9', transport: 'tcp', rcode: 'none' }]);
});

test('octets of a name that are not printable are escaped', async () => {
  const { ask, lines, clock } = setUp({ oneIn: 1, perSecond: 100 });
  const query = queryOctets('abc.mesos', 'A');
  query.set([0x1b, 0x0a, 0xff], 13);
  ask(query);
  await clock.advance(0);
  expect(lines[0].name).toMatch(/^\\027\\010\\255\.mesos\.$/);
});

test('one in ten is one in ten, at no fixed distance', async () => {
  const { ask, lines, clock } = setUp({ oneIn: 10, perSecond: 10_000 });
  const query = queryOctets('web.mesos', 'A');
  const at: number[] = [];
  for (let count = 0; count < 10_000; count++) {
    const before = clock.pending;
    ask(query);
    if (clock.pending > before) at.push(count);
  }
  await clock.advance(0);
  expect(lines).toHaveLength(at.length);
  expect(lines.length).toBeGreaterThan(900);
  expect(lines.length).toBeLessThan(1100);
  const gaps = new Set(at.slice(1).map((place, index) => place - at[index]));
  expect(gaps.size).toBeGreaterThan(10);
});

test('there are so many lines a second, and the next one counts the others', async () => {
  const { ask, lines, clock } = setUp({ oneIn: 1, perSecond: 3 });
  const query = queryOctets('web.mesos', 'A');
  for (let count = 0; count < 10; count++) ask(query);
  await clock.advance(1000);
  ask(query);
  await clock.advance(0);
  expect(lines.map(({ unsaid }) => unsaid)).toEqual([undefined, undefined, undefined, 7]);
});
