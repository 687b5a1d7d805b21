import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import type { RunningApp } from '../../src/commands/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { AUTHORITY, BY_ADDRESS, BY_NAME } from '../fakes/certificates.ts';
import { idOf, queryOctets, type TcpClient, tlsClient } from '../fakes/dns-client.ts';
import { stateJson } from '../fakes/state-json.ts';
import { type StaticMaster, startStaticMaster } from '../fakes/static-master.ts';

let master: StaticMaster;
let app: RunningApp;
let tlsPort: number;

const plainSettings = () => ({
  masters: [`127.0.0.1:${master.port}`],
  listener: '127.0.0.1',
  port: 0,
  httpOn: false,
  externalOn: false,
});
const configWith = ({ certificatePath, keyPath }: typeof BY_NAME) =>
  loadConfig({
    settings: {
      ...plainSettings(),
      tlsListeners: ['127.0.0.1:0'],
      tlsCertFile: certificatePath,
      tlsKeyFile: keyPath,
    },
  }).config;

beforeAll(async () => {
  const services = [{ name: 'web', instances: [['10.9.8.1']] }];
  master = await startStaticMaster(stateJson('127.0.0.1:5050', services));
  const info = (_: string, { tls }: { readonly tls?: readonly string[] } = {}) => {
    if (tls) tlsPort = Number(tls[0].split(':')[1]);
  };
  const log = { ...quietLog(), info };
  app = await startApp(configWith(BY_ADDRESS), {
    clock: systemClock(),
    random: seededRandom(1),
    log,
  });
  await app.whenReady();
});
afterAll(async () => {
  await app.close(0);
  await master.close();
});

async function isAnswered(client: TcpClient): Promise<boolean> {
  client.send(queryOctets(7, 'web.marathon.mesos'));
  const response = await client.receive();
  return response !== undefined && idOf(response) === 7 && response[7] === 1;
}

test('a reload shows the certificate that the config names from then on', async () => {
  const trusting = { ca: AUTHORITY.text };
  const before = await tlsClient(tlsPort, trusting);
  expect(await isAnswered(before)).toBe(true);
  expect(await app.reload(configWith(BY_NAME))).toEqual([]);
  await expect(tlsClient(tlsPort, trusting)).rejects.toThrow(/not in the cert's list/);
  const after = await tlsClient(tlsPort, { ...trusting, servername: 'm1.test' });
  expect(await isAnswered(after)).toBe(true);
  before.close();
  after.close();
});

test('a reload without TLS, which needs a restart, leaves it as it was until then', async () => {
  expect(await app.reload(configWith(BY_ADDRESS))).toEqual([]);
  const plain = loadConfig({ settings: plainSettings() }).config;
  expect(await app.reload(plain)).toEqual(['tlsListeners']);
  const client = await tlsClient(tlsPort, { ca: AUTHORITY.text });
  expect(await isAnswered(client)).toBe(true);
  client.close();
});
