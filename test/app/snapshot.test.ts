import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { stateJson } from '../fakes/state-json.ts';
import { startStaticMaster } from '../fakes/static-master.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesonym-snapshot-'));
afterAll(() => rmSync(folder, { recursive: true }));

const world = { clock: systemClock(), random: seededRandom(1), log: quietLog() };

/** A world that notes how the zone is served, from change to change. */
function noting(kinds: unknown[]): typeof world {
  const note = (_: string, fields?: Readonly<Record<string, unknown>>) => {
    if (fields && 'before' in fields) kinds.push(fields.now);
  };
  return { ...world, log: { ...quietLog(), info: note, warn: note } };
}

const SERVICES = [{ name: 'web', instances: [['10.9.8.1']] }];

function configFor(masterPort: number) {
  return loadConfig({
    settings: {
      masters: [`127.0.0.1:${masterPort}`],
      listener: '127.0.0.1',
      port: 0,
      httpListener: '127.0.0.1',
      httpPort: 0,
      externalOn: false,
      snapshotFile: join(folder, 'state.snapshot'),
    },
  }).config;
}

test('a restart without masters serves what was known, marked stale, under a newer serial', async () => {
  const master = await startStaticMaster(stateJson('127.0.0.1:5050', SERVICES));
  const config = configFor(master.port);
  const firstKinds: unknown[] = [];
  const first = await startApp(config, noting(firstKinds));
  await first.whenReady();
  const before = await readZone(first.http!);
  await first.close(0);
  await master.close();

  const secondKinds: unknown[] = [];
  const second = await startApp(config, noting(secondKinds));
  await second.whenReady();
  const after = await readZone(second.http!);
  const ready = await fetch(`${second.http}/ready`);
  await second.close(0);
  expect(after.records).toEqual(before.records);
  expect(after.records).toHaveProperty(['web.marathon.mesos.'], ['10.9.8.1']);
  expect(after.serial).toBeGreaterThan(before.serial);
  expect([firstKinds, secondKinds]).toEqual([['live'], ['stale']]);
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain('stale');
});

async function readZone(origin: string) {
  const response = await fetch(`${origin}/v1/axfr`);
  const zone = (await response.json()) as {
    Serial: number;
    Records: { As: Record<string, string[]> };
  };
  return { serial: zone.Serial, records: zone.Records.As };
}
