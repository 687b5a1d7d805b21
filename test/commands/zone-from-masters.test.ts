import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import { runCli } from '../../src/cli.ts';
import { loadConfig } from '../../src/config/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { type SimulatedCluster, startCluster } from '../../src/simulator/index.ts';
import { FakeShell } from '../fakes/shell.ts';

const clock = systemClock();
const folder = mkdtempSync(join(tmpdir(), 'mesonym-zone-'));
let cluster: SimulatedCluster;

beforeAll(async () => {
  cluster = await startCluster({ clock, random: seededRandom(1), agents: 3 });
  await cluster.launch({ id: 'web', instances: 2, cpus: 0.1, mem: 32 });
});

afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true });
});

function settings(httpPort: number) {
  const listener = '127.0.0.1';
  return { masters: cluster.addresses, listener, port: 0, httpListener: listener, httpPort };
}

function configFile(httpPort: number): string {
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(settings(httpPort)));
  return file;
}

/** `mesonym zone` with the real app behind it. */
async function zone(...words: string[]) {
  const shell = new FakeShell();
  const run = Object.assign(shell, { startApp });
  const code = await runCli(['zone', ...words], '1.0.0', run);
  return { code, records: shell.outLines.flatMap(text => text.split('\n')), said: shell.errLines };
}

/** A port where nobody listens any more. */
async function quietPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}

const withoutSerial = (records: readonly string[]) => records.slice(1);

test('the zone of a config is its masters’ where its server does not run, else the server’s', async () => {
  const alone = await zone('--config', configFile(await quietPort()));
  expect(alone.code, alone.said.join('\n')).toBe(0);
  expect(alone.said).toEqual(['No server runs here as the config says; its masters are asked.']);
  expect(alone.records.filter(line => line.startsWith('web.marathon.mesos. '))).toHaveLength(2);

  const { config } = loadConfig({ settings: settings(0), environment: {} });
  const app = await startApp(config, { clock, random: seededRandom(2), log: quietLog() });
  await app.whenReady();
  const served = await zone('--config', configFile(Number(new URL(app.http!).port)));
  await app.close(0);
  expect(served.said).toEqual([]);
  expect(withoutSerial(served.records)).toEqual(withoutSerial(alone.records));
});

test('a server that was named and is away is a fault', async () => {
  const port = await quietPort();
  const { code, said } = await zone('--config', configFile(port), '--server', `127.0.0.1:${port}`);
  expect(code).toBe(1);
  expect(said.join('\n')).toMatch(/Cannot ask http:.*is mesonym running, or --server wrong/);
});
