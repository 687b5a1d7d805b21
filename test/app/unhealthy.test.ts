import { afterAll, expect, test } from 'vitest';
import { type ServedCluster, startServedCluster } from '../fakes/served-cluster.ts';
import { untilTrue } from '../fakes/until-true.ts';

const started: ServedCluster[] = [];
afterAll(() => Promise.all(started.map(served => served.close())));

test.concurrent.each([
  { source: 'stream' },
  { source: 'poll' },
])('a task that fails its health check is left out, by $source, and comes back', async ({
  source,
}) => {
  const served = await startServedCluster({}, { source, leaveOutUnhealthy: true });
  started.push(served);
  const { cluster, prober } = served;
  await served.untilShown();
  const queue = cluster.running.filter(({ name }) => name === 'queue');
  const [victim] = queue;
  const addresses = async () => new Set(await prober.addresses('queue.marathon.mesos'));
  const isShown = async () => (await addresses()).has(victim.containerAddress);
  cluster.setHealth(victim.id, false);
  await untilTrue('it is left out', async () => !(await isShown()));
  expect((await addresses()).size).toBe(queue.length - 1);
  for (const { id } of queue) cluster.setHealth(id, false);
  await untilTrue('all fail, so all are shown', async () => (await addresses()).size === 4);
  for (const { id } of queue) cluster.setHealth(id, true);
  cluster.setHealth(victim.id, false);
  await untilTrue('it is left out again', async () => !(await isShown()));
  cluster.setHealth(victim.id, true);
  await untilTrue('it is back', isShown);
  expect(prober.misses).toEqual([]);
});
