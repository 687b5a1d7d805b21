import { afterEach, expect, test } from 'vitest';
import { HostNames, type HostNamesOptions } from '../../src/mesos/host-names.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const open: HostNames[] = [];
afterEach(() => {
  for (const names of open.splice(0)) names.close();
});

/** Names over a resolver whose answers the test sets; undefined makes it fail. */
function start(options: Partial<HostNamesOptions> = {}) {
  const clock = new SimulatedClock();
  const answers = new Map<string, readonly string[]>();
  const asked: string[] = [];
  const seen = { changes: 0, underWay: 0, most: 0 };
  const lookup = async (name: string) => {
    asked.push(name);
    seen.most = Math.max(seen.most, ++seen.underWay);
    await new Promise(resolve => setImmediate(resolve));
    seen.underWay--;
    const found = answers.get(name);
    if (!found) throw new Error('no resolver answers');
    return found;
  };
  const onChange = () => void seen.changes++;
  const names = new HostNames({ lookup, clock, configured: [], onChange, ...options });
  open.push(names);
  return { names, clock, answers, asked, seen };
}

test('addresses and localhost need no look-up', async () => {
  const { names, asked } = start();
  expect(await names.resolve('10.0.0.1')).toEqual(['10.0.0.1']);
  expect(await names.resolve('::1')).toEqual(['::1']);
  expect(await names.resolve('localhost')).toEqual(['127.0.0.1', '::1']);
  expect(asked).toEqual([]);
});

test('a name is looked up once for all who want it, and known from then on', async () => {
  const { names, answers, asked } = start();
  answers.set('m1', ['10.0.0.2', 'nonsense', '10.0.0.1']);
  const both = await Promise.all([names.resolve('m1'), names.resolve('m1')]);
  expect(both).toEqual([
    ['10.0.0.1', '10.0.0.2'],
    ['10.0.0.1', '10.0.0.2'],
  ]);
  await names.resolve('m1');
  expect(asked).toEqual(['m1']);
});

test('a name nobody knows has no address, and whoever has no time waits for none', async () => {
  const { names } = start();
  expect(await names.resolve('m1')).toEqual([]);
  const hanging = start({ lookup: () => new Promise(() => {}) });
  expect(await hanging.names.resolve('m1', AbortSignal.abort())).toEqual([]);
});

test('kept names are looked up beside everything else, and again every minute', async () => {
  const { names, clock, answers, seen } = start();
  answers.set('a1', ['10.0.0.1']);
  names.keep(new Set(['a1', 'a2']));
  expect(names.known()).toEqual(new Map());
  await clock.advance(0);
  expect(names.known()).toEqual(new Map([['a1', ['10.0.0.1']]]));
  answers.set('a1', ['10.0.0.9']);
  answers.set('a2', ['10.0.0.2']);
  await clock.advance(10_000);
  expect(names.known().get('a1')).toEqual(['10.0.0.1']);
  expect(names.known().get('a2')).toEqual(['10.0.0.2']);
  await clock.advance(50_000);
  expect(names.known().get('a1')).toEqual(['10.0.0.9']);
  expect(seen.changes).toBe(3);
});

test('a resolver that is away takes nothing from us', async () => {
  const { names, clock, answers, asked, seen } = start();
  answers.set('a1', ['10.0.0.1']);
  names.keep(new Set(['a1']));
  await clock.advance(0);
  answers.delete('a1');
  await clock.advance(120_000);
  expect(asked.length).toBeGreaterThan(2);
  expect(names.known().get('a1')).toEqual(['10.0.0.1']);
  expect(seen.changes).toBe(1);
});

test('thousands of names are looked up sixteen at a time', async () => {
  const { names, clock, seen, asked } = start();
  names.keep(new Set(Array.from({ length: 2_000 }, (_, index) => `a${index}`)));
  while (asked.length < 2_000) await clock.advance(0);
  expect(seen.most).toBe(16);
});

test('what a master calls itself counts more than a look-up, but not for a configured name', async () => {
  const { names, clock, answers, seen } = start({ configured: ['m1', '10.0.0.7'] });
  answers.set('m1', ['10.0.0.1']);
  answers.set('leader.mesos', ['10.9.9.9']);
  await clock.advance(0);
  names.keep(new Set(['leader.mesos']));
  await clock.advance(0);
  names.learn('leader.mesos', '10.0.0.1');
  names.learn('m1', '172.17.0.2');
  names.learn('10.0.0.3', '10.0.0.4');
  expect(names.known()).toEqual(
    new Map([
      ['leader.mesos', ['10.0.0.1']],
      ['m1', ['10.0.0.1']],
    ]),
  );
  expect(seen.changes).toBe(3);
});
