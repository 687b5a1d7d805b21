import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/index.ts';
import { quietLog, type Random, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { type SimulatedCluster, startCluster } from '../../src/simulator/index.ts';
import type { ZonesReport } from '../../src/wiring/transfers.ts';

/** A simulated cluster and the whole server that follows it, for secondaries to follow in turn. */
export interface FollowedZone {
  readonly cluster: SimulatedCluster;
  readonly port: number;
  readonly http: string;
  /** The published zone, or a reverse zone, as the lines of a master file. */
  zone(origin?: string): Promise<readonly string[]>;
  /** How the transfers since its start ended: counts by outcome. */
  transfers(): Promise<Readonly<Record<string, number>>>;
  /** What `/v1/secondaries` says. */
  secondaries(): Promise<readonly ZonesReport[]>;
  /** Makes so many changes of tasks, drawn by the seed. */
  churn(changes: number): Promise<void>;
  stop(): Promise<void>;
  /** Starts again at the same port, with settings over those of before. */
  start(settings?: Settings): Promise<void>;
  /** Takes settings over those of before while it runs. */
  reload(settings: Settings): Promise<void>;
  close(): Promise<void>;
}

type Settings = Readonly<Record<string, unknown>>;

const TIMINGS = {
  electionMs: 400,
  registryMs: 100,
  reregisterMs: 300,
  restartMs: 300,
  heartbeatMs: 500,
};
const APPS = ['/shop/web', '/shop/cart', '/search', '/queue'];

/** The key of `config/secondaries`. */
export const KEY = {
  name: 'transfer',
  algorithm: 'hmac-sha256',
  secret: 'Y2hhbmdlIHRoaXMgc2VjcmV0IGJlZm9yZSB1c2Uu',
};

export async function startFollowedZone(seed: number, settings: Settings): Promise<FollowedZone> {
  const random = seededRandom(seed);
  const clock = systemClock();
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-followed-'));
  const cluster = await startCluster({ clock, random, agents: 5, timings: TIMINGS });
  for (const id of APPS) {
    const portDefinitions = [{ port: 0, name: 'http' }];
    await cluster.launch({ id, instances: 8, cpus: 0.1, mem: 32, portDefinitions });
  }
  let port = 0;
  const configOf = (more: Settings) => {
    const own = {
      masters: cluster.addresses,
      listener: '127.0.0.1',
      port,
      httpListener: '127.0.0.1',
      httpPort: 0,
      externalOn: false,
      resolvers: [],
      snapshotFile: join(folder, 'state.snapshot'),
      tsigKeys: [KEY],
    };
    return loadConfig({ settings: { ...own, ...settings, ...more }, environment: {} }).config;
  };
  const begin = async (more: Settings = {}) => {
    const world = { clock, random: seededRandom(2), log: quietLog() };
    const started = await startApp(configOf(more), world);
    await started.whenReady();
    ({ port } = started.dns[0]);
    return started;
  };
  let app = await begin();
  return {
    cluster,
    get port() {
      return port;
    },
    get http() {
      // The API is on in every test.
      return app.http!;
    },
    zone: async (origin = 'mesos') => {
      const response = await fetch(`${app.http}/v1/zone?origin=${origin}`);
      return (await response.text()).trimEnd().split('\n');
    },
    transfers: async () => {
      const text = await (await fetch(`${app.http}/metrics`)).text();
      const found = text.matchAll(/^mesonym_transfers_total\{outcome="([^"]+)"\} (\d+)$/gm);
      return Object.fromEntries([...found].map(([, outcome, count]) => [outcome, Number(count)]));
    },
    secondaries: async () => {
      const response = await fetch(`${app.http}/v1/secondaries`);
      return (await response.json()) as readonly ZonesReport[];
    },
    churn: changes => churn(cluster, random, changes),
    stop: () => app.close(0),
    reload: async more => {
      await app.reload(configOf(more));
    },
    start: async more => {
      app = await begin(more);
    },
    close: async () => {
      await app.close(0);
      await cluster.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Tasks die and come back elsewhere, and services grow and shrink. */
async function churn(cluster: SimulatedCluster, random: Random, changes: number): Promise<void> {
  for (let change = 0; change < changes; change++) {
    const { running } = cluster;
    if (running.length > 0 && random.below(4) > 0) {
      await cluster.killTask(running[random.below(running.length)].id);
    } else {
      await cluster.scale(APPS[random.below(APPS.length)], 1 + random.below(15));
    }
    // The masters' events are to be followed one by one, not as a heap.
    await new Promise(setImmediate);
  }
}
