import { afterEach, expect, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import type { RunningApp } from '../../src/commands/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { type PromptSecondary, promptSecondary } from '../fakes/prompt-secondary.ts';
import { stateJson } from '../fakes/state-json.ts';
import { startStaticMaster } from '../fakes/static-master.ts';
import { untilTrue } from '../fakes/until-true.ts';

const world = { clock: systemClock(), random: seededRandom(1), log: quietLog() };
const ends: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end.close();
});

async function setUp() {
  const services = [{ name: 'web', instances: [['10.9.8.1']] }];
  const master = await startStaticMaster(stateJson('127.0.0.1:5050', services));
  ends.push(master);
  let app: RunningApp | undefined;
  const secondary = await promptSecondary(() => app?.dns[0].port);
  ends.push(secondary);
  const configWith = (more: Readonly<Record<string, unknown>> = {}) => {
    const own = {
      masters: [`127.0.0.1:${master.port}`],
      listener: '127.0.0.1',
      port: 0,
      httpListener: '127.0.0.1',
      httpPort: 0,
      externalOn: false,
      threads: 2,
      secondaries: [{ address: `127.0.0.1:${secondary.port}` }],
      notifyGapSeconds: 0,
    };
    return loadConfig({ settings: { ...own, ...more } }).config;
  };
  const started = await startApp(configWith(), world);
  app = started;
  ends.push({ close: () => started.close(0) });
  await started.whenReady();
  return { app: started, secondary, configWith };
}

const serialOf = (app: RunningApp) => Number(app.zoneText()?.split(/\s+/)[6]);

async function untilTold(app: RunningApp, secondary: PromptSecondary): Promise<void> {
  await untilTrue('told of it', () => secondary.heard.some(({ told }) => told === serialOf(app)));
}

function expectNoneOlder(secondary: PromptSecondary): void {
  for (const { told, answered } of secondary.heard) {
    expect(answered.filter(serial => serial < told)).toEqual([]);
  }
}

test('who is told of a reload gets it from every thread', async () => {
  const { app, secondary, configWith } = await setUp();
  await untilTold(app, secondary);
  await app.reload(configWith({ staticRecords: [{ name: 'db', type: 'A', value: '10.1.2.3' }] }));
  await untilTold(app, secondary);
  expect(secondary.heard.length).toBeGreaterThan(1);
  expectNoneOlder(secondary);
});
