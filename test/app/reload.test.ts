import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import type { RunningApp } from '../../src/commands/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { stateJson } from '../fakes/state-json.ts';
import { type StaticMaster, startStaticMaster } from '../fakes/static-master.ts';
import { steadyQueries } from '../fakes/steady-queries.ts';

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
  const services = [{ name: 'web', instances: [['10.9.8.1'], ['10.9.8.2']] }];
  master = await startStaticMaster(stateJson('127.0.0.1:5050', services));
  app = await startApp(configWith({ ttl: 60 }), world);
  await app.whenReady();
});

afterAll(async () => {
  await app.close(0);
  await master.close();
});

const ttl = async () => {
  const zone = (await (await fetch(`${app.http}/v1/axfr`)).json()) as { TTL: number };
  return zone.TTL;
};

test('a reload applies what it can, and not one query of a steady stream is lost', async () => {
  const queries = await steadyQueries(app.dns[0], 'web.marathon.mesos', 2000);
  await queries.more(500);
  expect(await app.reload(configWith({ ttl: 7 }))).toEqual([]);
  expect(await ttl()).toBe(7);
  await queries.more(500);
  expect(await app.reload(configWith({ ttl: 8, recurseOn: false }))).toEqual([]);
  await queries.more(500);
  const tally = await queries.stop();
  expect(await ttl()).toBe(8);
  expect(tally).toEqual({ sent: tally.sent, answered: tally.sent, wrong: 0 });
});

test('settings of sockets are named, and the others applied all the same', async () => {
  const wanted = configWith({ ttl: 9, port: 5353, threads: 2 });
  expect([...(await app.reload(wanted))].sort()).toEqual(['listeners', 'port', 'threads']);
  expect(await ttl()).toBe(9);
});

test('a config that cannot be had leaves the old one in force', async () => {
  const taken = new URL(app.http!).port;
  const other = await startApp(configWith({}), world);
  const wanted = configWith({ ttl: 10, httpPort: Number(new URL(other.http!).port) });
  await expect(app.reload(wanted)).rejects.toThrow(/EADDRINUSE|in use/);
  await other.close(0);
  expect(await ttl()).toBe(9);
  expect(taken).toMatch(/^\d+$/);
});
