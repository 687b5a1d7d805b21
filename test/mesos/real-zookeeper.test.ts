import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { followCluster } from '../../src/mesos/index.ts';
import { cryptoRandom, quietLog, systemClock } from '../../src/runtime/index.ts';
import { type FakeMasters, fakeMasters } from '../fakes/fake-masters.ts';
import { masterInfo } from '../fakes/fake-registry.ts';
import { testWith } from '../fakes/real-programs.ts';
import {
  startZooKeeper,
  ZOOKEEPER_PROGRAMS,
  type ZooKeeperServers,
} from '../fakes/zookeeper-servers.ts';
import { zooKeeperWriter } from '../fakes/zookeeper-writer.ts';
import { PLAIN_CLIENT, stateOf } from './fixtures.ts';

const testWithZooKeeper = testWith(...ZOOKEEPER_PROGRAMS);
const SESSION_MS = 3_000;

let servers: ZooKeeperServers | undefined;
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  if (testWithZooKeeper === test) servers = await startZooKeeper(1);
});
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});
afterAll(() => servers?.close());

/** Registers a master by its own session, as Mesos does; `leave` is its death. */
async function register(cluster: FakeMasters, index: number, sequence: number) {
  const { host, port } = cluster.masters[index];
  const writer = await zooKeeperWriter(servers!.places[0], SESSION_MS); // Present where tests run.
  const path = `/mesos/json.info_${String(sequence).padStart(10, '0')}`;
  await writer.create(path, masterInfo(host, port), { isEphemeral: true });
  return { leave: () => writer.vanish(), keep: writer.ping };
}

testWithZooKeeper('three masters in a real ZooKeeper: the first leads, then the next', async () => {
  const cluster = await fakeMasters(3, (pid, elected) => stateOf(pid, ['web'], elected));
  open.push(cluster);
  const founder = await zooKeeperWriter(servers!.places[0]); // Present where this test runs.
  await founder.create('/mesos', '');
  await founder.create('/mesos/log_replicas', '');
  const sessions: Awaited<ReturnType<typeof register>>[] = [];
  for (const index of [0, 1, 2]) sessions.push(await register(cluster, index, index + 5));
  const keepAll = () => {
    for (const { keep } of sessions) keep();
  };
  const beat = setInterval(keepAll, SESSION_MS / 10);
  open.push({ close: async () => clearInterval(beat) });

  const follower = followCluster(
    {
      masters: [],
      zooKeeper: { servers: servers!.places, path: '/mesos' },
      source: 'poll',
      refreshSeconds: 1,
      stateTimeoutSeconds: 30,
      http: PLAIN_CLIENT,
      lookup: async () => [],
    },
    { clock: systemClock(), random: cryptoRandom(), log: quietLog() },
    () => {},
    () => {},
  );
  open.push(follower);
  const soon = { timeout: 20_000, interval: 20 };
  const ports = cluster.masters.map(({ port }) => port);
  await expect.poll(() => follower.status().isLive, soon).toBe(true);
  expect(follower.status().leader?.port).toBe(ports[0]);
  expect(follower.status().masters.map(({ port }) => port)).toEqual(ports);

  sessions[0].leave();
  cluster.elect(1, 2_000);
  await expect.poll(() => follower.status().leader?.port, soon).toBe(ports[1]);
  await expect.poll(() => follower.status().isLive, soon).toBe(true);
  expect(follower.status().masters.map(({ port }) => port)).toEqual(ports.slice(1));

  // ZooKeeper gone: the state stays live, the masters are asked themselves.
  await servers!.kill(0); // Present where this test runs.
  cluster.elect(2, 3_000);
  await expect.poll(() => follower.status().leader?.port, soon).toBe(ports[2]);
  await expect.poll(() => follower.status().isLive, soon).toBe(true);
});
