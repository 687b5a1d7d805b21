import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import type { RunningApp } from '../../src/commands/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { type StaticMaster, startStaticMaster } from '../fakes/static-master.ts';
import { PROJECT } from '../paths.ts';

const STATE = readFileSync(join(PROJECT, 'test/golden/further-names.state.json'));
const world = { clock: systemClock(), random: seededRandom(1), log: quietLog() };
let master: StaticMaster;
let app: RunningApp;

const configWith = (settings: Readonly<Record<string, unknown>>) =>
  loadConfig({
    settings: {
      masters: [`127.0.0.1:${master.port}`],
      listener: '127.0.0.1',
      port: 0,
      httpListener: '127.0.0.1',
      httpPort: 0,
      externalOn: false,
      ...settings,
    },
  }).config;

beforeAll(async () => {
  master = await startStaticMaster(STATE);
  app = await startApp(configWith({ aliases: { front: 'www.marathon' } }), world);
  await app.whenReady();
});

afterAll(async () => {
  await app.close(0);
  await master.close();
});

async function hosts(name: string): Promise<readonly string[]> {
  const response = await fetch(`${app.http}/v1/hosts/${name}`);
  return ((await response.json()) as { ip: string }[]).map(({ ip }) => ip).filter(ip => ip !== '');
}

async function weights(service: string): Promise<readonly string[]> {
  const zone = await (await fetch(`${app.http}/v1/zone`)).text();
  const lines = zone.split('\n').filter(line => line.startsWith(`${service}. `));
  return lines.map(line => line.split(' ').slice(4, 6).join(' '));
}

test('a reload reads labels that nobody asked for before, and gives what they say', async () => {
  expect(await hosts('front.mesos')).toEqual([]);
  expect(await weights('_batch._tcp.marathon.mesos')).toEqual(['0 1', '0 1']);
  const labels = { srvWeightLabel: 'dns-weight', srvPriorityLabel: 'dns-priority' };
  const names = { aliases: { front: 'www.marathon' }, aliasLabel: 'dns-name' };
  expect(
    await app.reload(configWith({ ...names, ...labels, addressLabel: 'dns-address' })),
  ).toEqual([]);
  expect(await hosts('front.mesos')).toEqual(['172.17.0.2']);
  expect(await hosts('batch.marathon.mesos')).toEqual(['10.0.1.2']);
  expect(await weights('_batch._tcp.marathon.mesos')).toEqual(['10 7', '10 7']);
  expect(await app.reload(configWith({}))).toEqual([]);
  expect(await hosts('www.marathon.mesos')).toEqual([]);
});

test('what is left out is explained, and counted', async () => {
  const slave = { name: 'slave', type: 'A', value: '10.9.9.9' };
  await app.reload(configWith({ aliasLabel: 'dns-name', staticRecords: [slave] }));
  const explained = await (await fetch(`${app.http}/v1/explain/leader.mesos`)).json();
  expect(explained).toMatchObject({
    additions: [{ rule: 'label', source: 'task shop_eu_web.1', lostTo: 'mesos-dns' }],
  });
  const metrics = await (await fetch(`${app.http}/metrics`)).text();
  expect(metrics).toContain('mesonym_zone_skipped_records{cause="taken"} 2');
  expect(metrics).toContain('mesonym_zone_skipped_records{cause="label"} 1');
});
