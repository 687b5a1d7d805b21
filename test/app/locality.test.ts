import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp } from '../../src/app.ts';
import type { RunningApp } from '../../src/commands/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { type SimulatedCluster, startCluster } from '../../src/simulator/index.ts';
import { testWith } from '../fakes/real-programs.ts';
import { output } from '../fakes/real-secondaries.ts';
import { untilTrue } from '../fakes/until-true.ts';

const digTest = testWith('dig');
const world = { clock: systemClock(), random: seededRandom(1), log: quietLog() };
let cluster: SimulatedCluster;
let app: RunningApp;

/** Six agents at 127.0.1.1 and up, two to a zone, two zones to a region, an instance on each. */
const INSTANCES = [1, 2, 3, 4, 5, 6].map(number => `127.0.1.${number}`);

const configWith = (settings: Readonly<Record<string, unknown>>) =>
  loadConfig({
    settings: {
      masters: cluster.addresses,
      listener: '127.0.0.1',
      port: 0,
      httpListener: '127.0.0.1',
      httpPort: 0,
      externalOn: false,
      threads: 2,
      transferAcl: ['127.0.0.1/32'],
      ...settings,
    },
  }).config;

beforeAll(async () => {
  cluster = await startCluster({ ...world, agents: 6 });
  const constraints = [['hostname', 'UNIQUE']] as const;
  await cluster.launch({ id: '/web', instances: 6, constraints, portDefinitions: [{ port: 0 }] });
  app = await startApp(configWith({ locality: 'order' }), world);
  await app.whenReady();
});

afterAll(async () => {
  await app?.close(0);
  await cluster?.close();
});

const dig = (from: string, ...words: readonly string[]) => {
  const [{ port }] = app.dns;
  return output('dig', ['@127.0.0.1', '-p', `${port}`, '-b', from, '+tries=1', ...words]);
};
const addresses = async (from: string, ...words: readonly string[]) =>
  (await dig(from, '+short', 'web.marathon.mesos', ...words)).trim().split('\n');

/** Which instances stand in which places of an answer to agent 1: on it, in its zone, region, else. */
const TIERS = [
  [0, 1],
  [1, 2],
  [2, 4],
  [4, 6],
] as const;
const byTier = (told: readonly string[]) =>
  TIERS.map(([start, end]) => told.slice(start, end).toSorted());
const FROM_FIRST = byTier(INSTANCES);

test.concurrent('the simulated agents are where the table says', () => {
  expect(cluster.running.map(({ containerAddress }) => containerAddress).toSorted()).toEqual(
    INSTANCES,
  );
});

digTest.for([
  { udpMode: 'auto', transport: '+notcp' },
  { udpMode: 'auto', transport: '+tcp' },
  { udpMode: 'portable', transport: '+notcp' },
])('near instances come first: $udpMode, $transport', async ({ udpMode, transport }) => {
  const own = await startApp(configWith({ locality: 'order', udpMode, httpOn: false }), world);
  const shared = app;
  app = own;
  try {
    await own.whenReady();
    for (let round = 0; round < 4; round++) {
      expect(byTier(await addresses('127.0.1.1', transport))).toEqual(FROM_FIRST);
      expect((await addresses('127.0.1.6', transport))[0]).toBe('127.0.1.6');
    }
    const srv = await dig(
      '127.0.1.3',
      transport,
      '+noall',
      '+additional',
      '_web._tcp.marathon.mesos',
      'SRV',
    );
    expect(/\sA\s+(\S+)/.exec(srv)?.[1]).toBe('127.0.1.3');
  } finally {
    app = shared;
    await own.close(0);
  }
});

digTest('a reload turns the order into a filter, and off', async () => {
  expect(await app.reload(configWith({ locality: 'filter' }))).toEqual([]);
  for (const from of INSTANCES) expect(await addresses(from)).toEqual([from]);
  // Nobody knows where 127.0.0.1 is: it gets them all.
  expect((await addresses('127.0.0.1')).toSorted()).toEqual(INSTANCES);
  // Secondaries do not know clients: they get the whole zone.
  const zone = await dig('127.0.0.1', 'mesos', 'AXFR');
  expect(zone.match(/^web\.marathon\.mesos\.\s+60\s+IN\s+A\s/gm)).toHaveLength(6);
  const metrics = await (await fetch(`${app.http}/metrics`)).text();
  expect(metrics).toMatch(/^mesonym_dns_locality_responses_total\{nearest="agent"\} 6$/m);
  expect(metrics).toMatch(/^mesonym_dns_locality_responses_total\{nearest="unknown"\} 1$/m);
  expect(await app.reload(configWith({ locality: 'off' }))).toEqual([]);
  const firsts = new Set<string>();
  await untilTrue('another instance comes first', async () => {
    firsts.add((await addresses('127.0.1.1'))[0]);
    return firsts.size > 2;
  });
});

digTest('an instance that is gone makes the next tier the nearest', async () => {
  expect(await app.reload(configWith({ locality: 'filter' }))).toEqual([]);
  await cluster.loseAgent(cluster.agentIds[0]);
  await untilTrue('the zone is told', async () =>
    (await addresses('127.0.1.1')).every(address => address !== '127.0.1.1'),
  );
  expect(await addresses('127.0.1.2')).toEqual(['127.0.1.2']);
});

digTest(
  'a forwarder that is believed is answered for its client, a network for its place',
  async () => {
    const settings = {
      locality: 'filter',
      localityForwarders: ['127.0.0.1/32'],
      localityNetworks: { '192.0.2.0/24': 'region2/region2-a' },
    };
    expect(await app.reload(configWith(settings))).toEqual([]);
    const told = await dig('127.0.0.1', 'web.marathon.mesos', '+subnet=127.0.1.5/32');
    expect(told).toMatch(/CLIENT-SUBNET: 127\.0\.1\.5\/32\/32/);
    expect(told).toMatch(/\sA\s+127\.0\.1\.5/);
    const network = await addresses('127.0.0.1', '+subnet=192.0.2.0/24');
    expect(network.toSorted()).toEqual(['127.0.1.5', '127.0.1.6']);
    expect(await dig('127.0.1.6', 'web.marathon.mesos', '+subnet=127.0.1.5/32')).toMatch(
      /\sA\s+127\.0\.1\.6/,
    );
    const explained = await (await fetch(`${app.http}/v1/explain/127.0.1.5`)).json();
    expect(explained).toMatchObject({
      place: { agent: '127.0.1.5', region: 'region2', zone: 'region2-a' },
    });
  },
);
