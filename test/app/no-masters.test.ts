import { expect, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { untilTrue } from '../fakes/until-true.ts';

test('without a master /ready says why, and each try is counted', async () => {
  const { config } = loadConfig({
    settings: {
      // Nobody listens at port 1.
      masters: ['127.0.0.1:1'],
      listener: '127.0.0.1',
      port: 0,
      httpListener: '127.0.0.1',
      httpPort: 0,
      externalOn: false,
      snapshotFile: '',
    },
  });
  const world = { clock: systemClock(), random: seededRandom(1), log: quietLog() };
  const app = await startApp(config, world);
  const read = async (path: string) => {
    const response = await fetch(`${app.http}${path}`);
    return { status: response.status, text: await response.text() };
  };
  const failures = async () => {
    const { text } = await read('/metrics');
    return Number(/load_failures_total\{cause="connect"\} (\d+)/.exec(text)?.[1]);
  };
  await untilTrue('some tries', async () => (await failures()) >= 2);
  const { status, text } = await read('/ready');
  expect(status).toBe(503);
  expect(JSON.parse(text)).toEqual({
    status: 'not ready',
    reasons: ['no state of the cluster was read yet: connect'],
  });
  await app.close(0);
});
