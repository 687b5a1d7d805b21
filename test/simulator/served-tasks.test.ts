import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom, systemClock } from '../../src/runtime/index.ts';
import { type SimulatedCluster, startCluster } from '../../src/simulator/index.ts';
import { PROJECT } from '../paths.ts';

let cluster: SimulatedCluster;
beforeAll(async () => {
  const random = seededRandom(1);
  cluster = await startCluster({ clock: systemClock(), random, serveTasks: true });
  for (const name of ['apache2', 'rabbitmq']) {
    await cluster.launch(
      JSON.parse(readFileSync(join(PROJECT, `config/apps/${name}.json`), 'utf8')),
    );
  }
});
afterAll(() => cluster.close());

test('every task can be fetched at its host port, or at its container port', async () => {
  const { running } = cluster;
  expect(running.map(({ name }) => name).sort()).toEqual(['apache2', 'apache2', 'rabbitmq']);
  for (const { urls, name, hostPorts, agentAddress } of running) {
    const wanted = hostPorts.length > 0 ? `http://${agentAddress}:${hostPorts[0]}/` : urls[0];
    expect(urls).toContain(wanted);
    const text = await (await fetch(wanted)).text();
    expect(text).toMatch(new RegExp(`^${name} on ${agentAddress}: ${name}.instance-`));
  }
});

test('every container address is one of loopback, so that an answer can be tried', () => {
  for (const { containerAddress } of cluster.running) expect(containerAddress).toMatch(/^127\./);
});

test('a second cluster finds addresses and ports of its own', async () => {
  const clock = systemClock();
  const other = await startCluster({ clock, random: seededRandom(2), serveTasks: true });
  await other.launch({ id: 'rabbit', ...RABBIT });
  const urls = new Set(cluster.running.flatMap(task => task.urls));
  for (const url of other.running.flatMap(task => task.urls)) {
    expect(urls.has(url)).toBe(false);
    expect(await (await fetch(url)).text()).toMatch(/^rabbit on /);
  }
  await other.close();
});

test('a task that ended is no longer served', async () => {
  const { id, urls } = cluster.running.find(({ name }) => name === 'rabbitmq')!;
  await cluster.scale('/rabbitmq', 0);
  expect(cluster.running.map(task => task.id)).not.toContain(id);
  await expect(fetch(urls[0])).rejects.toThrow(/fetch failed/);
});

/** The network and a port of rabbitmq: what two clusters would both take first. */
const RABBIT = {
  networks: [{ mode: 'container', name: 'overlay' }],
  container: { type: 'DOCKER', portMappings: [{ containerPort: 5672, name: 'amqp' }] },
};
