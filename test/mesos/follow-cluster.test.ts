import { afterEach, describe, expect, test } from 'vitest';
import type { ClusterUpdate } from '../../src/mesos/cluster-state.ts';
import { type ClusterFollower, followCluster } from '../../src/mesos/follow-cluster.ts';
import type { FollowerStatus } from '../../src/mesos/follower-status.ts';
import { quietLog, seededRandom } from '../../src/runtime/index.ts';
import { respond } from '../fakes/fake-master.ts';
import { type FakeMasters, fakeMasters, redirect } from '../fakes/fake-masters.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { turnUntil } from '../fakes/turn-until.ts';
import { PLAIN_CLIENT, stateOf } from './fixtures.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

interface Followed {
  readonly clock: SimulatedClock;
  readonly cluster: FakeMasters;
  readonly follower: ClusterFollower;
  readonly updates: readonly ClusterUpdate[];
  readonly conditions: readonly FollowerStatus[];
  /** Names of the tasks of the last update. */
  readonly tasks: () => readonly string[];
}

async function follow(refreshSeconds = 60, masters = 3): Promise<Followed> {
  const cluster = await fakeMasters(masters, pid => stateOf(pid, ['web']));
  open.push(cluster);
  const clock = new SimulatedClock();
  const updates: ClusterUpdate[] = [];
  const conditions: FollowerStatus[] = [];
  const follower = followCluster(
    {
      masters: cluster.masters.map(({ host, port }) => ({ host, port })),
      refreshSeconds,
      stateTimeoutSeconds: 300,
      http: PLAIN_CLIENT,
      lookup: async () => [],
    },
    { clock, random: seededRandom(1), log: quietLog() },
    update => void updates.push(update),
    status => void conditions.push(status),
  );
  open.push(follower);
  const tasks = () => [...(updates.at(-1)?.state.tasks.values() ?? [])].map(({ name }) => name);
  return { clock, cluster, follower, updates, conditions, tasks };
}

const live = ({ follower }: Followed) => follower.status().isLive;

test('the first state is there after one round of questions', async () => {
  const followed = await follow();
  await turnUntil(followed.clock, () => live(followed));
  expect(followed.tasks()).toEqual(['web']);
  expect(followed.updates[0]).toMatchObject({ touched: 'all' });
  expect(followed.follower.status()).toMatchObject({
    leader: { port: followed.cluster.masters[0].port },
    source: 'poll',
    isLive: true,
    loads: 1,
    leaderChanges: 1,
    fault: undefined,
  });
});

test('the state is loaded every refreshSeconds, and at once when asked', async () => {
  const followed = await follow(60);
  const { clock, cluster, follower, tasks } = followed;
  await turnUntil(clock, () => live(followed));
  const pid = `master@127.0.0.1:${cluster.masters[0].port}`;
  cluster.state = stateOf(pid, ['web', 'db']);
  const waited = await turnUntil(clock, () => tasks().length === 2, 90_000, 500);
  expect(waited).toBeGreaterThan(55_000);
  expect(waited).toBeLessThanOrEqual(61_000);
  cluster.state = stateOf(pid, ['web', 'db', 'mail']);
  follower.refresh();
  expect(await turnUntil(clock, () => tasks().length === 3)).toBeLessThanOrEqual(500);
});

test('a new leader is found and loaded within 5 s, whatever refreshSeconds is', async () => {
  const followed = await follow(300);
  const { clock, cluster, follower, conditions } = followed;
  await turnUntil(clock, () => live(followed));
  await cluster.masters[0].close();
  cluster.elect(2, 2_000);
  const waited = await turnUntil(clock, () => follower.status().loads === 2);
  expect(waited).toBeLessThanOrEqual(5_000);
  expect(follower.status()).toMatchObject({ isLive: true, leaderChanges: 2 });
  expect(conditions.at(-1)?.leader?.port).toBe(cluster.masters[2].port);
});

test('a leader change gives up a load that runs', async () => {
  const followed = await follow();
  const { clock, cluster, follower } = followed;
  const leads = cluster.roles[0];
  cluster.roles[0] = (request, socket) =>
    request.path === '/master/state'
      ? socket.write('HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"id"')
      : respond(socket, 200, getMaster(cluster, 0, 1_000));
  await turnUntil(clock, () =>
    cluster.masters[0].requests.some(({ path }) => path === '/master/state'),
  );
  expect(leads).toBe('leads');
  cluster.roles[0] = 'hangs';
  cluster.elect(1, 2_000);
  await turnUntil(clock, () => live(followed));
  expect(follower.status()).toMatchObject({ leader: { port: cluster.masters[1].port }, loads: 1 });
});

describe('a leader that', () => {
  test('redirects its state elsewhere is followed there', async () => {
    const followed = await follow();
    const { clock, cluster, tasks } = followed;
    cluster.roles[0] = (request, socket) =>
      request.path === '/master/state'
        ? redirect(request, socket, cluster.masters[1])
        : respond(socket, 200, getMaster(cluster, 0, 1_000));
    cluster.roles[1] = 'leads';
    await turnUntil(clock, () => tasks().length === 1);
  });
});

function getMaster(cluster: FakeMasters, index: number, elected: number): string {
  const { host, port } = cluster.masters[index];
  const info = { pid: `master@${host}:${port}`, hostname: host };
  return JSON.stringify({ get_master: { master_info: info, elected_time: elected } });
}
