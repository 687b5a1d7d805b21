import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type BreakableWay, breakableWay } from '../fakes/breakable-way.ts';
import { testWith } from '../fakes/real-programs.ts';
import { type RegisteredMasters, registerMasters } from '../fakes/registered-masters.ts';
import { type ServedCluster, startServedCluster } from '../fakes/served-cluster.ts';
import {
  startZooKeeper,
  ZOOKEEPER_PROGRAMS,
  type ZooKeeperServers,
} from '../fakes/zookeeper-servers.ts';

const testWithZooKeeper = testWith(...ZOOKEEPER_PROGRAMS);
const INDEXES = [0, 1, 2];
/** A new leader is found within 5 s (3 s to ask the masters instead); busy machines take longer. */
const SHOWN_MS = 15_000;
/** Ours is 10 s; the servers' clocks are coarse. */
const EXPIRED_MS = 40_000;

let servers: ZooKeeperServers;
let ways: readonly BreakableWay[];
beforeAll(async () => {
  if (testWithZooKeeper !== test) return;
  servers = await startZooKeeper(INDEXES.length);
  ways = await Promise.all(servers.places.map(place => breakableWay(place)));
});
afterAll(async () => {
  await Promise.all((ways ?? []).map(way => way.close()));
  await servers?.close();
});

let served: ServedCluster | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

let paths = 0;

/** A cluster whose masters stand in ZooKeeper, and a server that looks for them there. */
async function start(): Promise<ServedCluster & { readonly registered: RegisteredMasters }> {
  const path = `/mesos-${paths++}`;
  const registered = registerMasters(servers.places, path);
  const places = ways.map(({ host, port }) => `${host}:${port}`).join();
  const settings = { zk: `zk://${places}${path}` };
  served = await startServedCluster({ onElection: registered.onElection }, settings);
  await registered.written();
  await served.untilShown();
  return { ...served, registered };
}

/** Lets another master lead and another number of tasks run; resolves when the server shows it. */
async function moveOn(stage: ServedCluster, instances: number): Promise<void> {
  const { cluster } = stage;
  const next = cluster.masters.list.findIndex(({ role }) => role.kind === 'following');
  await cluster.masters.move(next);
  await cluster.until(({ isSettled }) => isSettled);
  await cluster.scale('/shop/web', instances);
  await stage.untilShown(SHOWN_MS);
}

function expectNothingMissed({ prober }: ServedCluster): void {
  expect(prober.misses).toEqual([]);
  expect(prober.asked()).toBeGreaterThan(100);
}

testWithZooKeeper('one member dies, each in its turn: the others tell who leads', async () => {
  const stage = await start();
  for (const index of INDEXES) {
    await servers.kill(index);
    await moveOn(stage, 5 + index);
    await servers.start(index);
    await stage.registered.written();
  }
  expectNothingMissed(stage);
});

testWithZooKeeper('all members are away: the masters tell, until these are back', async () => {
  const stage = await start();
  await Promise.all(INDEXES.map(index => servers.kill(index)));
  await moveOn(stage, 5);
  await moveOn(stage, 9);
  await Promise.all(INDEXES.map(index => servers.start(index)));
  await stage.registered.written();
  await moveOn(stage, 7);
  expectNothingMissed(stage);
});

testWithZooKeeper('our session ends while the way is cut: a new one begins', async () => {
  const stage = await start();
  for (const way of ways) way.cut();
  await moveOn(stage, 5);
  await stage.registered.written();
  await expect.poll(() => servers.sessions(), { timeout: EXPIRED_MS, interval: 250 }).toBe(0);
  for (const way of ways) way.mend();
  await expect.poll(() => servers.sessions(), { timeout: SHOWN_MS, interval: 250 }).toBe(1);
  await moveOn(stage, 7);
  expectNothingMissed(stage);
});
