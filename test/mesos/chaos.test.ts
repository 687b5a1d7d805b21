import { expect, test } from 'vitest';
import { type ClusterState, type FollowerOptions, followCluster } from '../../src/mesos/index.ts';
import { quietLog, type Random, seededRandom } from '../../src/runtime/index.ts';
import {
  calm,
  type Fault,
  REAL_TIMINGS,
  type SimulatedCluster,
  startCluster,
} from '../../src/simulator/index.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { turnUntil } from '../fakes/turn-until.ts';
import { WEB, WORKER } from '../simulator/app-json.ts';
import { PLAIN_CLIENT } from './fixtures.ts';

/** More than the usual few, for a long run: `MESONYM_SEEDS=200`. */
const SEEDS = Number(process.env.MESONYM_SEEDS ?? 4);
const CHAOS_MS = 120_000;
const STEP_MS = 250;

/** Wrong answers by which a master cannot be taken for one whose tasks are gone. */
const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 500, body: 'Internal Server Error' },
  { kind: 'status', status: 503, body: 'No leader elected' },
  { kind: 'status', status: 404 },
  { kind: 'html' },
  { kind: 'invalid' },
  { kind: 'wrong-shape' },
  { kind: 'truncated', share: 0.7 },
  { kind: 'slow', octets: 512, everyMs: 200 },
  { kind: 'hang' },
  { kind: 'hang-in-body' },
  { kind: 'loop' },
  { kind: 'reset' },
];

/** Does one thing to the masters at random. */
async function mischief(cluster: SimulatedCluster, random: Random): Promise<void> {
  const { masters, isSettled } = cluster;
  const any = random.below(masters.list.length);
  const { isAlive, isPaused, role } = masters.list[any];
  const deeds: readonly (() => void | Promise<void>)[] = [
    () => (masters.leader ? masters.kill() : undefined),
    () => (isAlive ? masters.kill(any) : masters.restart(any)),
    // The simulator's agents do not try again with a leader that was paused while they came back.
    () => (isSettled && masters.leader && masters.hasZooKeeper ? masters.pause() : undefined),
    () => (isPaused ? masters.resume(any) : undefined),
    () =>
      isAlive && !isPaused && masters.leader && role.kind !== 'leading'
        ? masters.move(any)
        : undefined,
    () => masters.cutStreams(),
    () => masters.setFault(FAULTS[random.below(FAULTS.length)], random.below(2) ? any : undefined),
    () => masters.setFault(undefined),
    () => {
      // A leader paused while ZooKeeper is gone is more than the simulator knows.
      if (masters.list.some(one => one.isPaused)) return;
      return masters.hasZooKeeper ? masters.loseZooKeeper() : masters.returnZooKeeper();
    },
  ];
  await deeds[random.below(deeds.length)]();
}

/** Resolves what needs simulated time to come about. */
async function during<Result>(clock: SimulatedClock, promise: Promise<Result>): Promise<Result> {
  const outcome: { value?: { readonly result: Result } } = {};
  const settled = promise.then(result => {
    outcome.value = { result };
  });
  await turnUntil(clock, () => outcome.value !== undefined, 300_000, STEP_MS);
  await settled;
  return outcome.value!.result; // The wait above is for nothing else.
}

const namesIn = (state: ClusterState | undefined) =>
  [...(state?.tasks.values() ?? [])].map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1));

/** Follows a cluster whose masters go mad; returns what was missing at any moment. */
async function runChaos(
  seed: number,
  source: FollowerOptions['source'],
): Promise<readonly string[]> {
  const clock = new SimulatedClock();
  const random = seededRandom(seed);
  const cluster = await during(clock, startCluster({ clock, random, timings: REAL_TIMINGS }));
  await during(clock, cluster.launch(WEB));
  await during(clock, cluster.launch({ ...WORKER, instances: 4 }));
  const running = namesOf(cluster);
  const missing: string[] = [];
  let state: ClusterState | undefined;
  const follower = followCluster(
    {
      masters: cluster.masters.list.map(({ identity }) => ({
        host: identity.address,
        port: identity.port,
      })),
      source,
      refreshSeconds: 5,
      stateTimeoutSeconds: 30,
      http: PLAIN_CLIENT,
      lookup: async () => [],
    },
    { clock, random, log: quietLog() },
    update => {
      state = update.state;
      const found = new Set(namesIn(state));
      missing.push(
        ...running.filter(id => !found.has(id)).map(id => `${id} at ${clock.monotonic()}`),
      );
    },
    () => {},
  );
  await turnUntil(clock, () => follower.status().isLive, 60_000, STEP_MS);
  const end = clock.monotonic() + CHAOS_MS;
  let nextMs = 0;
  while (clock.monotonic() < end) {
    await turnUntil(clock, () => clock.monotonic() >= Math.min(end, nextMs), CHAOS_MS, STEP_MS);
    nextMs = clock.monotonic() + random.below(10_000);
    await during(clock, mischief(cluster, random));
  }
  await during(clock, calm(cluster));
  await turnUntil(clock, () => follower.status().isLive, 120_000, STEP_MS);
  await turnUntil(clock, () => namesIn(state).join() === running.join(), 120_000, STEP_MS);
  await follower.close();
  await cluster.close();
  return missing;
}

function namesOf(cluster: SimulatedCluster): readonly string[] {
  return cluster.running.map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1));
}

test.each(
  Array.from(
    { length: SEEDS },
    (_, seed) => ({ seed, source: seed % 2 ? 'poll' : 'stream' }) as const,
  ),
)('seed $seed, by $source: masters go mad, no living task loses its name', async ({
  seed,
  source,
}) => {
  expect(await runChaos(seed, source)).toEqual([]);
});
