import { seededRandom, systemClock } from '../src/runtime/index.ts';
import { startCluster } from '../src/simulator/index.ts';
import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { freePort } from './measure/free-port.ts';
import { ALL_CORES } from './measure/process-group.ts';
import { toSeries } from './measure/rounds.ts';
import { percentile } from './measure/statistics.ts';
import { queryOctets, type UdpClient, udpClient } from './measure/udp-client.ts';
import { followByKnot, KNOTD } from './servers/authoritative.ts';
import { MESONYM, prepareMesonym } from './servers/mesonym.ts';
import { type ServerKind, startServer } from './servers/server.ts';

const APP = { id: 'event', cpus: 0.01, mem: 1, portDefinitions: [{ port: 0, name: 'http' }] };
const QUERY = 'event.marathon.mesos A';
const LEAST = 2;
const MOST = 20;
const CHANGES_A_SECOND = 4;
/** Changes fall anywhere in the gap between two notifications, and outside it. */
const MOST_PAUSE_MS = 2_000;
const GIVE_UP_MS = 10_000;

/** From a task's change at the master to the first answer of a secondary that shows it. */
export const SECONDARY: Benchmark = {
  name: 'secondary',
  question: 'How long after an event of the master does an answer of a secondary (knotd) show it?',
  run: async context => {
    const reason = MESONYM.missing(context) ?? KNOTD.missing(context);
    if (reason) return { series: [], notes: [`not measured: ${reason}`] };
    const figures = await measure(context);
    const units = { p50Ms: 'ms p50', p99Ms: 'ms p99', maxMs: 'ms max' };
    return { series: toSeries(new Map([['knotd', [figures]]]), units), notes: [] };
  },
};

async function measure(context: BenchContext): Promise<Figures> {
  const random = seededRandom(1);
  const cluster = await startCluster({ clock: systemClock(), random, agents: 40 });
  const app = { ...APP, constraints: [['hostname', 'UNIQUE']], instances: LEAST };
  await cluster.launch(app);
  const port = await freePort();
  const settings = {
    source: 'stream',
    secondaries: [{ address: `127.0.0.1:${port}` }],
    transferAcl: ['127.0.0.1'],
  };
  const kind: ServerKind = {
    ...MESONYM,
    prepare: place => prepareMesonym(place, cluster, settings),
  };
  const primary = await startServer(kind, context, QUERY, ALL_CORES);
  const knotd = await startServer(follower(primary.port, port), context, QUERY, ALL_CORES);
  const client = await udpClient('127.0.0.1', port);
  const delays: number[] = [];
  try {
    const changes = Math.ceil(context.seconds * CHANGES_A_SECOND);
    for (let change = 0, instances = LEAST, step = 1; change < changes; change++) {
      if (instances + step > MOST || instances + step < LEAST) step = -step;
      instances += step;
      await pause(context.isSmoke ? 0 : random.below(MOST_PAUSE_MS));
      const startedMs = performance.now();
      await cluster.scale('/event', instances);
      await untilAnswered(client, instances, startedMs);
      delays.push(performance.now() - startedMs);
    }
  } finally {
    client.close();
    await knotd.stop();
    await primary.stop();
    await cluster.close();
  }
  const of = (share: number) => percentile(delays, share);
  return { p50Ms: of(0.5), p99Ms: of(0.99), maxMs: Math.max(...delays) };
}

/** knotd on `port`, which follows the server at `primary`. */
function follower(primary: number, port: number): ServerKind {
  return {
    ...KNOTD,
    port,
    prepare: async place => followByKnot(place, 'mesos', primary),
  };
}

/** Asks without pause until there are so many addresses. */
async function untilAnswered(client: UdpClient, count: number, sinceMs: number): Promise<void> {
  while (performance.now() - sinceMs < GIVE_UP_MS) {
    const response = await client.ask(queryOctets(QUERY), GIVE_UP_MS);
    if (response?.readUInt16BE(6) === count) return;
    await pause(1);
  }
  throw new Error(`Cannot see the change: the secondary has not ${count} addresses`);
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
