import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom, systemClock } from '../../src/runtime/index.ts';
import { type DemoCluster, startDemoCluster } from '../../src/simulator/index.ts';
import { PROJECT } from '../paths.ts';

let demo: DemoCluster;
beforeAll(async () => {
  const apps = ['apache2', 'rabbitmq'].map(name =>
    JSON.parse(readFileSync(join(PROJECT, `config/apps/${name}.json`), 'utf8')),
  );
  demo = await startDemoCluster({ clock: systemClock(), random: seededRandom(1), apps });
});
afterAll(() => demo.close());

test('every task can be fetched at its host port, or at its container port', async () => {
  const { running } = demo.cluster;
  expect(running.map(({ name }) => name).sort()).toEqual(['apache2', 'apache2', 'rabbitmq']);
  for (const { urls, name, hostPorts, agentAddress } of running) {
    const wanted = hostPorts.length > 0 ? `http://${agentAddress}:${hostPorts[0]}/` : urls[0];
    expect(urls).toContain(wanted);
    expect(await (await fetch(wanted)).text()).toMatch(
      new RegExp(`^${name} on ${agentAddress}: ${name}.instance-`),
    );
  }
});

test('every container address is one of loopback, so that an answer can be tried', () => {
  for (const { containerAddress } of demo.cluster.running)
    expect(containerAddress).toMatch(/^127\./);
});

test('the lines name what runs', () => {
  const lines = demo.lines('127.0.0.1:5353', '127.0.0.1:8123');
  expect(lines).toContain('dig @127.0.0.1 -p 5353 +short apache2.marathon.mesos');
  expect(lines).toContain('dig @127.0.0.1 -p 5353 +short rabbitmq.marathon.mesos');
  expect(lines.join('\n')).toContain('_apache2._tcp.marathon.mesos SRV');
});

test('a command is obeyed and told, others are listed', async () => {
  expect(await demo.command('scale apache2 3')).toMatch(/^apache2 has 3/);
  expect(demo.cluster.running.filter(({ name }) => name === 'apache2')).toHaveLength(3);
  expect(await demo.command('kill leader')).toMatch(/^Killed the leading master/);
  expect(await demo.command('list')).toMatch(/apache2 on 127\.0\.1\./);
  expect(await demo.command('dance')).toMatch(/^Commands: kill leader/);
});
