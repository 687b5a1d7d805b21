import { afterEach, expect, test } from 'vitest';
import type { FollowerOptions } from '../../src/mesos/follow-cluster.ts';
import { respond } from '../fakes/fake-master.ts';
import {
  answerAsLeader,
  type FakeMasters,
  pidOf,
  type Role,
  redirect,
} from '../fakes/fake-masters.ts';
import { turnUntil } from '../fakes/turn-until.ts';
import { stateOf } from './fixtures.ts';
import { type Followed, startFollowing } from './followed.ts';

const open: Followed[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function follow(
  options: Partial<FollowerOptions> = {},
  prepare?: (cluster: FakeMasters) => void,
): Promise<Followed> {
  const followed = await startFollowing(options, prepare);
  open.push(followed);
  return followed;
}

test('the first state is there after one round of questions', async () => {
  const { clock, cluster, follower, updates, tasks, isLive } = await follow();
  await turnUntil(clock, isLive);
  expect(tasks()).toEqual(['web']);
  expect(updates[0]).toMatchObject({ touched: 'all' });
  expect(follower.status()).toMatchObject({
    leader: { port: cluster.masters[0].port },
    source: 'poll',
    isLive: true,
    loads: 1,
    leaderChanges: 1,
    fault: undefined,
  });
});

test('the state is loaded every refreshSeconds, and at once when asked', async () => {
  const { clock, cluster, follower, tasks, isLive } = await follow({ refreshSeconds: 60 });
  await turnUntil(clock, isLive);
  const pid = pidOf(cluster.masters[0]);
  cluster.state = stateOf(pid, ['web', 'db']);
  const waited = await turnUntil(clock, () => tasks().length === 2, 90_000, 500);
  expect(waited).toBeGreaterThan(55_000);
  expect(waited).toBeLessThanOrEqual(61_000);
  cluster.state = stateOf(pid, ['web', 'db', 'mail']);
  follower.refresh();
  expect(await turnUntil(clock, () => tasks().length === 3)).toBeLessThanOrEqual(500);
});

test('a new leader is found and loaded within 5 s, whatever refreshSeconds is', async () => {
  const { clock, cluster, follower, conditions, isLive } = await follow({ refreshSeconds: 300 });
  await turnUntil(clock, isLive);
  await cluster.masters[0].close();
  cluster.elect(2, 2_000);
  const waited = await turnUntil(clock, () => follower.status().loads === 2);
  expect(waited).toBeLessThanOrEqual(5_000);
  expect(follower.status()).toMatchObject({ isLive: true, leaderChanges: 2 });
  expect(conditions.at(-1)?.leader?.port).toBe(cluster.masters[2].port);
});

test('a leader change gives up a load that runs', async () => {
  const isState = ({ path }: { readonly path: string }) => path === '/master/state';
  const { clock, cluster, follower, isLive } = await follow({}, ({ roles, masters }) => {
    roles[0] = (request, socket) => {
      if (isState(request)) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"id"');
      else answerAsLeader(request, socket, masters[0], 1_000, '');
    };
  });
  await turnUntil(clock, () => cluster.masters[0].requests.some(isState));
  cluster.roles[0] = 'hangs';
  cluster.elect(1, 2_000);
  await turnUntil(clock, isLive);
  expect(follower.status()).toMatchObject({ leader: { port: cluster.masters[1].port }, loads: 1 });
});

test('a leader that redirects its state elsewhere is followed there', async () => {
  const { clock, tasks } = await follow({}, cluster => {
    const [old, next] = cluster.masters;
    cluster.roles[0] = (request, socket) => {
      if (request.path === '/master/state') redirect(request, socket, next);
      else answerAsLeader(request, socket, old, 1_000, '');
    };
    cluster.roles[1] = 'leads';
  });
  await turnUntil(clock, () => tasks().length === 1);
});

test('a master of Mesos before 1.0 that does not lead names the leader in its own state', async () => {
  const { clock, follower, tasks } = await follow({}, ({ roles, masters }) => {
    const leader = pidOf(masters[1]);
    const own = { pid: pidOf(masters[0]), leader, slaves: [], frameworks: [] };
    const answerWith =
      (state: string): Role =>
      ({ path }, socket) =>
        respond(socket, path === '/state.json' ? 200 : 404, state);
    roles[0] = answerWith(JSON.stringify(own));
    roles[1] = answerWith(stateOf(leader, ['web']));
    roles[2] = 'hangs';
  });
  await turnUntil(clock, () => tasks().length === 1);
  expect(follower.status().isLive).toBe(true);
});

test('a restored state is there at once, and replaced by what a master says', async () => {
  const first = await follow();
  await turnUntil(first.clock, first.isLive);
  const restored = first.updates[0].state;
  const second = await follow({ restored });
  expect(second.updates[0].state.tasks.size).toBe(1);
  expect(second.follower.status()).toMatchObject({ isLive: false, ageMs: undefined });
  await turnUntil(second.clock, second.isLive);
});
