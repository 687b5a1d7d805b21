import { seededRandom, systemClock } from '../src/runtime/index.ts';
import { type SimulatedCluster, startCluster } from '../src/simulator/index.ts';
import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { ALL_CORES } from './measure/process-group.ts';
import { toSeries } from './measure/rounds.ts';
import { percentile } from './measure/statistics.ts';
import { queryOctets, type UdpClient, udpClient } from './measure/udp-client.ts';
import { MESONYM, prepareMesonym } from './servers/mesonym.ts';
import { type ServerKind, startServer } from './servers/server.ts';

const APP = { id: 'event', cpus: 0.01, mem: 1, portDefinitions: [{ port: 0, name: 'http' }] };
const QUERY = queryOctets('event.marathon.mesos A');
const CHANGES_A_SECOND = 100;
/** Not counted: a fresh process compiles what it does for the first time, once in its life. */
const WARM_UP = 200;
const GIVE_UP_MS = 10_000;

/** From a task's change at the master to the first answer that shows it, by the event stream. */
export const EVENT_TO_ANSWER: Benchmark = {
  name: 'event-to-answer',
  question: 'How long after an event of the master does an answer show it?',
  run: async context => {
    const reason = MESONYM.missing(context);
    if (reason) return { series: [], notes: [`mesonym was not measured: ${reason}`] };
    const rounds: Figures[] = [];
    for (let round = 0; round < context.rounds; round++) rounds.push(await measure(context));
    const units = { p50Ms: 'ms p50', p99Ms: 'ms p99', maxMs: 'ms max' };
    return { series: toSeries(new Map([['mesonym', rounds]]), units), notes: [] };
  },
};

async function measure(context: BenchContext): Promise<Figures> {
  const random = seededRandom(1);
  // More agents than instances ever run, so that each instance has an address of its own.
  const cluster = await startCluster({ clock: systemClock(), random, agents: 40 });
  const app = { ...APP, constraints: [['hostname', 'UNIQUE']], instances: 2 };
  await cluster.launch(app);
  const kind: ServerKind = {
    ...MESONYM,
    prepare: place =>
      prepareMesonym(place, cluster, { source: 'stream', httpOn: true, udpPayloadMax: 4096 }),
  };
  const server = await startServer(kind, context, 'event.marathon.mesos A', ALL_CORES);
  const client = await udpClient(server.host, server.port);
  try {
    const warmUp = context.isSmoke ? 0 : WARM_UP;
    const changes = warmUp + Math.ceil(context.seconds * CHANGES_A_SECOND);
    const delays = (await timeChanges(cluster, client, changes)).slice(warmUp);
    return {
      p50Ms: percentile(delays, 0.5),
      p99Ms: percentile(delays, 0.99),
      maxMs: Math.max(...delays),
    };
  } finally {
    client.close();
    await server.stop();
    await cluster.close();
  }
}

/** Scales up to 20 instances and down again, one at a time. */
async function timeChanges(cluster: SimulatedCluster, client: UdpClient, changes: number) {
  const delays: number[] = [];
  const least = 2;
  const most = 20;
  for (let change = 0, instances = least, step = 1; change < changes; change++) {
    if (instances + step > most || instances + step < least) step = -step;
    instances += step;
    const startedMs = performance.now();
    await cluster.scale('/event', instances);
    await untilAnswered(client, instances, startedMs);
    delays.push(performance.now() - startedMs);
  }
  return delays;
}

/** Asks without pause until there are so many addresses. */
async function untilAnswered(client: UdpClient, count: number, sinceMs: number): Promise<void> {
  while (performance.now() - sinceMs < GIVE_UP_MS) {
    const response = await client.ask(QUERY, GIVE_UP_MS);
    if (response?.readUInt16BE(6) === count) return;
  }
  throw new Error(`Cannot see the change: no answer with ${count} addresses came`);
}
