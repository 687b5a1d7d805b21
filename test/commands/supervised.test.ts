import { beforeEach, expect, test } from 'vitest';
import { Supervised } from '../../src/commands/supervised.ts';
import { FakeShell, FakeSupervisor } from '../fakes/shell.ts';
import { SimulatedClock, settle } from '../fakes/simulated-clock.ts';

const NEVER = new Promise<void>(() => {});
let clock: SimulatedClock;
let { app } = new FakeShell();

beforeEach(() => {
  clock = new SimulatedClock();
  ({ app } = new FakeShell());
});

function supervise(watchdogMs?: number) {
  const supervisor = new FakeSupervisor(watchdogMs);
  const supervised = new Supervised(app, supervisor, clock);
  const kinds = () => supervisor.told.map(({ kind }) => kind);
  return { supervisor, supervised, kinds };
}

test('is ready with the first zone', async () => {
  const first = Promise.withResolvers<void>();
  app.ready = first.promise;
  const { supervised, kinds } = supervise();
  void supervised.start();
  await clock.advance(5_000);
  expect(kinds()).toEqual(['status']);
  first.resolve();
  await settle();
  expect(kinds()).toEqual(['status', 'ready']);
});

test('is ready after a while without masters: no boot waits for them', async () => {
  app.ready = NEVER;
  const { supervised, kinds } = supervise();
  void supervised.start();
  await clock.advance(14_999);
  expect(kinds()).not.toContain('ready');
  await clock.advance(1);
  expect(kinds()).toContain('ready');
});

test('gives a sign of life twice in the time of the watchdog, with a line for people', async () => {
  app.done.push('this');
  const { supervised, supervisor, kinds } = supervise(6_000);
  void supervised.start();
  await clock.advance(9_000);
  expect(kinds().filter(kind => kind === 'alive')).toHaveLength(4);
  expect(supervisor.told.at(-1)).toEqual({ kind: 'alive', status: 'did this' });
});

test('gives none while an answer thread is stuck, and again when it is replaced', async () => {
  const { supervised, kinds } = supervise(6_000);
  void supervised.start();
  await clock.advance(0);
  const before = kinds().length;
  app.life = NEVER;
  await clock.advance(30_000);
  expect(kinds()).toHaveLength(before);
  app.life = Promise.resolve();
  await clock.advance(3_000);
  expect(kinds().at(-1)).toBe('alive');
});

test('says nothing more once another process has taken over', async () => {
  const { supervised, supervisor } = supervise(6_000);
  void supervised.start();
  await clock.advance(1_000);
  await supervised.succeeded(4711);
  await clock.advance(60_000);
  expect(supervisor.told.at(-1)).toEqual({ kind: 'succeeded', pid: 4711 });
  expect(clock.pending).toBe(0);
});

test('a reload before the first zone does not count as ready', async () => {
  app.ready = NEVER;
  const { supervised, kinds } = supervise();
  void supervised.start();
  await supervised.reloading();
  await supervised.reloaded();
  await settle();
  expect(kinds()).toEqual(['status']);
  supervised.close();
});
