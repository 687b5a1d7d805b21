import { expect, test } from 'vitest';
import { knownName, serial } from '../../src/dns/index.ts';
import { ServedVersion } from '../../src/wiring/served-version.ts';
import { SOA } from '../fakes/answering-zone.ts';
import { SimulatedClock, settle } from '../fakes/simulated-clock.ts';

const ORIGIN = knownName('mesos');
const GAP_MS = 1_000;

/** Threads that serve what they were given only when the test says so. */
function setUp() {
  const clock = new SimulatedClock();
  const told: number[] = [];
  const waiting: (() => void)[] = [];
  let current = 0;
  const served = new ServedVersion({
    current: () => ({
      origin: ORIGIN,
      serial: serial(current),
      soa: SOA,
      ttlSeconds: 60,
      rrsets: () => [],
    }),
    served: () => new Promise(resolve => void waiting.push(resolve)),
    onServed: () => void told.push(Number(served.version?.serial)),
    minGapMs: GAP_MS,
    clock,
  });
  const change = (to: number) => {
    current = to;
    served.changed();
  };
  const apply = async () => {
    for (const resolve of waiting.splice(0)) resolve();
    await settle();
  };
  return { clock, served, told, waiting, change, apply };
}

test('a version is known when the threads serve it, however long that takes', async () => {
  const { clock, served, told, change, apply } = setUp();
  change(1);
  await clock.advance(60_000);
  expect(served.version).toBeUndefined();
  expect(told).toEqual([]);
  await apply();
  expect(served.version?.serial).toBe(1);
  expect(told).toEqual([1]);
});

test('a version published while an older one is awaited is not known with it', async () => {
  const { clock, told, change, apply } = setUp();
  change(1);
  change(2);
  await apply();
  expect(told).toEqual([1]);
  await clock.advance(GAP_MS);
  expect(told).toEqual([1]);
  await apply();
  expect(told).toEqual([1, 2]);
});

test('a hundred versions within the gap ask the threads twice', async () => {
  const { clock, told, waiting, change, apply } = setUp();
  for (let version = 1; version <= 100; version++) {
    change(version);
    expect(waiting.length).toBeLessThan(2);
    await apply();
  }
  await clock.advance(GAP_MS);
  await apply();
  expect(told).toEqual([1, 100]);
  await clock.advance(GAP_MS);
  expect(clock.pending).toBe(0);
});

test('once closed it tells of nothing', async () => {
  const { clock, served, told, change, apply } = setUp();
  change(1);
  served.close();
  await apply();
  expect(told).toEqual([]);
  expect(clock.pending).toBe(0);
});
