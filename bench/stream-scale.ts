import { seededRandom } from '../src/runtime/index.ts';
import {
  changeTasks,
  type GeneratedCluster,
  generateCluster,
  replacedEvents,
  type StaticMaster,
  startStaticMaster,
  subscribedOctets,
} from '../src/simulator/index.ts';
import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { ALL_CORES } from './measure/process-group.ts';
import { toSeries } from './measure/rounds.ts';
import { percentile } from './measure/statistics.ts';
import { queryOctets, type UdpClient, udpClient } from './measure/udp-client.ts';
import { MESONYM, prepareMesonym } from './servers/mesonym.ts';
import { type ServerKind, startServer } from './servers/server.ts';

const SHAPE = { tasks: 100_000, services: 45_000, agents: 1_000 };
const SMOKE_SHAPE = { tasks: 2_000, services: 900, agents: 20 };
const CHANGES = 200;
const GIVE_UP_MS = 30_000;

/** The event stream of a big cluster: its first record, and single changes after it. */
export const STREAM_SCALE: Benchmark = {
  name: 'stream-scale',
  question: 'How soon are 100,000 tasks answered by the event stream, and a change of one of them?',
  run: async context => {
    const reason = MESONYM.missing(context);
    if (reason) return { series: [], notes: [`mesonym was not measured: ${reason}`] };
    const rounds: Figures[] = [];
    for (let round = 0; round < Math.min(2, context.rounds); round++) {
      rounds.push(await measure(context));
      context.tell(`  round ${round + 1}: ${JSON.stringify(rounds.at(-1))}`);
    }
    return { series: toSeries(new Map([['mesonym', rounds]]), UNITS), notes: [] };
  },
};

const UNITS = {
  firstAnswerMs: 'ms to first answers',
  p50Ms: 'ms p50 to a change',
  p99Ms: 'ms p99 to a change',
  peakRssMb: 'MB most resident',
};

async function measure(context: BenchContext): Promise<Figures> {
  const random = seededRandom(11);
  const cluster = generateCluster(context.isSmoke ? SMOKE_SHAPE : SHAPE, random);
  const master = await startStaticMaster(() => performance.now());
  master.publishStream(subscribedOctets(cluster));
  const kind: ServerKind = {
    ...MESONYM,
    prepare: place => prepareMesonym(place, master, { source: 'stream' }),
  };
  const startedMs = performance.now();
  // Not pinned: that the stream and the answers have threads of their own is what is measured.
  const query = `${cluster.tasks[0].name}.marathon.mesos A`;
  const server = await startServer(kind, context, query, ALL_CORES);
  const firstAnswerMs = performance.now() - startedMs;
  const client = await udpClient(server.host, server.port);
  try {
    const delays: number[] = [];
    for (let change = 0; change < (context.isSmoke ? 5 : CHANGES); change++) {
      delays.push(await timeChange(cluster, master, client, random.uint32()));
    }
    const peakRssMb = server.group?.peakRssMb() ?? 0;
    const [p50Ms, p99Ms] = [percentile(delays, 0.5), percentile(delays, 0.99)];
    return { firstAnswerMs, p50Ms, p99Ms, peakRssMb };
  } finally {
    client.close();
    await server.stop();
    await master.close();
  }
}

/** Replaces one task and asks for its service without pause until the new address is answered. */
async function timeChange(
  cluster: GeneratedCluster,
  master: StaticMaster,
  client: UdpClient,
  seed: number,
): Promise<number> {
  const before = [...cluster.tasks];
  const [place] = changeTasks(cluster, 1, seededRandom(seed));
  const { name, address } = cluster.tasks[place];
  const query = queryOctets(`${name}.marathon.mesos A`);
  const wanted = Buffer.from(address.split('.').map(Number));
  const startedMs = performance.now();
  master.emit(replacedEvents(before[place], cluster.tasks[place], cluster));
  while (performance.now() - startedMs < GIVE_UP_MS) {
    if ((await client.ask(query))?.includes(wanted)) return performance.now() - startedMs;
  }
  throw new Error(`Cannot see the change: ${name} has no address ${address}`);
}
