import { startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import {
  type ClusterOptions,
  type SimulatedCluster,
  startCluster,
} from '../../src/simulator/index.ts';
import { type Prober, startProber } from './prober.ts';

/** A simulated cluster, the whole server that follows it, and a client that never stops asking. */
export interface ServedCluster {
  readonly cluster: SimulatedCluster;
  readonly prober: Prober;
  /** Resolves when the server shows exactly the tasks that run; throws after `limitMs`. */
  untilShown(limitMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** Fast enough for a test, in the proportions of life. */
const TIMINGS = {
  electionMs: 400,
  registryMs: 100,
  reregisterMs: 300,
  unreachableMs: 500,
  restartMs: 300,
  heartbeatMs: 500,
};

const APPS = [
  { id: '/shop/web', instances: 12 },
  { id: '/shop/cart', instances: 8 },
  { id: '/search', instances: 6 },
  { id: '/queue', instances: 4 },
].map(app => ({ ...app, cpus: 0.1, mem: 32, portDefinitions: [{ port: 0, name: 'http' }] }));

/**
 * Starts both with thirty tasks of four services on five agents; `settings` go over those of the
 * config. `living` says which services the prober asks for; missing means all.
 */
export async function startServedCluster(
  options: Partial<ClusterOptions> & { readonly seed?: number } = {},
  settings: Readonly<Record<string, unknown>> = {},
): Promise<ServedCluster> {
  const clock = systemClock();
  const random = seededRandom(options.seed ?? 1);
  const timings = { ...TIMINGS, ...options.timings };
  const cluster = await startCluster({ clock, random, agents: 5, ...options, timings });
  for (const app of APPS) await cluster.launch(app);
  const { config } = loadConfig({
    settings: {
      masters: cluster.addresses,
      refreshSeconds: 1,
      stateTimeoutSeconds: 3,
      listener: '127.0.0.1',
      port: 0,
      httpOn: false,
      externalOn: false,
      resolvers: [],
      snapshotFile: '',
      ...settings,
    },
    environment: {},
    flags: {},
  });
  const app = await startApp(config, { clock, random: seededRandom(2), log: quietLog() });
  await app.whenReady();
  const prober = await startProber(app.dns[0], () => livingNames(cluster));
  return {
    cluster,
    prober,
    untilShown: limitMs => untilShown(cluster, prober, limitMs),
    close: async () => {
      prober.close();
      await app.close(0);
      await cluster.close();
    },
  };
}

/** The names of services of which an instance runs, on an agent that is there. */
function livingNames({ running }: SimulatedCluster): string[] {
  return [...new Set(running.map(({ name }) => nameOf(name)))];
}

/** Dots in a task's name become hyphens in its label. */
function nameOf(task: string): string {
  return `${task.replaceAll('.', '-')}.marathon.mesos`;
}

async function untilShown(cluster: SimulatedCluster, prober: Prober, limitMs = 20_000) {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const wrong = await firstWrong(cluster, prober);
    if (wrong === undefined) return;
    if (performance.now() > endMs) throw new Error(`Not shown within ${limitMs} ms: ${wrong}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

async function firstWrong(cluster: SimulatedCluster, prober: Prober): Promise<string | undefined> {
  for (const name of livingNames(cluster)) {
    const shown = [...new Set(await prober.addresses(name))].sort().join(' ');
    const own = cluster.running.filter(task => nameOf(task.name) === name);
    const wanted = [...new Set(own.map(task => task.containerAddress))].sort().join(' ');
    if (shown !== wanted) return `${name} is ${shown || 'absent'}, expected ${wanted}`;
  }
  return undefined;
}
