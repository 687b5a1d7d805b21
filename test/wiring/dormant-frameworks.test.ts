import { expect, test } from 'vitest';
import type { FrameworkId } from '../../src/mesos/index.ts';
import { DormantFrameworks, type InactiveSince } from '../../src/wiring/dormant-frameworks.ts';
import { clusterWith, frameworkWith } from '../fakes/cluster.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const ID = 'marathon-0000' as FrameworkId;

function setUp(since: InactiveSince = new Map(), clock = new SimulatedClock()) {
  const told: FrameworkId[][] = [];
  const dormant = new DormantFrameworks({
    graceMs: 60_000,
    since,
    clock,
    onDormant: ids => told.push([...ids]),
  });
  const look = (isActive: boolean | undefined, touched: 'all' | 'it' = 'it') => {
    const frameworks = isActive === undefined ? [] : [frameworkWith({ isActive })];
    const it = { masters: false, agents: new Set<never>(), tasks: new Set<never>() };
    dormant.look({
      state: clusterWith({ frameworks }),
      touched: touched === 'all' ? 'all' : { ...it, frameworks: new Set([ID]) },
      faults: [],
    });
  };
  return { dormant, told, look, clock };
}

test('a framework without its scheduler is dormant once its time has run out', async () => {
  const { dormant, told, look, clock } = setUp();
  look(false, 'all');
  await clock.advance(59_999);
  expect({ ids: [...dormant.ids], told }).toEqual({ ids: [], told: [] });
  await clock.advance(1);
  expect({ ids: [...dormant.ids], told }).toEqual({ ids: [ID], told: [[ID]] });
  expect(clock.pending).toBe(0);
});

test.each([
  { why: 'a scheduler that is back in time', isActive: true },
  { why: 'a framework that is gone', isActive: undefined },
])('$why is forgotten', async ({ isActive }) => {
  const { dormant, told, look, clock } = setUp();
  look(false);
  await clock.advance(30_000);
  look(isActive, 'all');
  await clock.advance(60_000);
  expect({ ids: [...dormant.ids], told, since: dormant.since.size }).toEqual({
    ids: [],
    told: [],
    since: 0,
  });
  expect(clock.pending).toBe(0);
});

test('a scheduler that comes back late is awake at once', async () => {
  const { dormant, look, clock } = setUp();
  look(false);
  await clock.advance(60_000);
  look(true);
  expect(dormant.ids.size).toBe(0);
});

test('looks in between do not begin the time anew, nor does a reload', async () => {
  const { dormant, look, clock } = setUp();
  look(false);
  await clock.advance(40_000);
  look(false, 'all');
  const next = setUp(dormant.since, clock);
  dormant.close();
  next.look(false, 'all');
  await clock.advance(20_000);
  expect(next.told).toEqual([[ID]]);
  const last = setUp(next.dormant.since, clock);
  last.look(false, 'all');
  expect([...last.dormant.ids]).toEqual([ID]);
});
