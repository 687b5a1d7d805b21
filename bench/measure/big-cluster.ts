import { type Random, seededRandom } from '../../src/runtime/index.ts';
import {
  type GeneratedCluster,
  type GeneratedTask,
  generateCluster,
  type StaticMaster,
  startStaticMaster,
} from '../../src/simulator/index.ts';
import type { BenchContext, BenchResult, Figures } from '../benchmark.ts';
import { MESONYM, prepareMesonym } from '../servers/mesonym.ts';
import { type RunningServer, startServer } from '../servers/server.ts';
import { ALL_CORES } from './process-group.ts';
import { toSeries } from './rounds.ts';
import { queryOctets, type UdpClient, udpClient } from './udp-client.ts';

const SHAPE = { tasks: 100_000, services: 45_000, agents: 1_000 };
const SMOKE_SHAPE = { tasks: 2_000, services: 900, agents: 20 };
/** A measurement takes many values: few processes are enough for the figures to settle. */
const MOST_ROUNDS = 2;
const GIVE_UP_MS = 120_000;

/** The product, following a master of 100,000 tasks (2,000 in a smoke run). */
export interface BigCluster {
  readonly cluster: GeneratedCluster;
  readonly master: StaticMaster;
  readonly server: RunningServer;
  readonly client: UdpClient;
  readonly random: Random;
  /** From the start of the process. */
  readonly firstAnswerMs: number;
}

/**
 * Measures the product with a big cluster, in a fresh process each round.
 *
 * @param publish Gives the master what it is to serve.
 * @param settings Of the product, over those all runs have.
 */
export async function measureBigCluster(
  context: BenchContext,
  units: Readonly<Record<string, string>>,
  publish: (master: StaticMaster, cluster: GeneratedCluster) => void,
  settings: Readonly<Record<string, unknown>>,
  measure: (big: BigCluster) => Promise<Figures>,
): Promise<BenchResult> {
  const rounds: Figures[] = [];
  for (let round = 0; round < Math.min(MOST_ROUNDS, context.rounds); round++) {
    rounds.push(await measureOne(context, publish, settings, measure));
    context.tell(`  round ${round + 1}: ${JSON.stringify(rounds.at(-1))}`);
  }
  return { series: toSeries(new Map([['mesonym', rounds]]), units), notes: [] };
}

async function measureOne(
  context: BenchContext,
  publish: (master: StaticMaster, cluster: GeneratedCluster) => void,
  settings: Readonly<Record<string, unknown>>,
  measure: (big: BigCluster) => Promise<Figures>,
): Promise<Figures> {
  const random = seededRandom(7);
  const cluster = generateCluster(context.isSmoke ? SMOKE_SHAPE : SHAPE, random);
  const master = await startStaticMaster(() => performance.now());
  publish(master, cluster);
  const prepare: typeof MESONYM.prepare = place => prepareMesonym(place, master, settings);
  const startedMs = performance.now();
  // Not pinned: that following and answering have threads of their own is what is measured.
  const query = `${cluster.tasks[0].name}.marathon.mesos A`;
  const server = await startServer({ ...MESONYM, prepare }, context, query, ALL_CORES);
  const firstAnswerMs = performance.now() - startedMs;
  const client = await udpClient(server.host, server.port);
  try {
    const figures = await measure({ cluster, master, server, client, random, firstAnswerMs });
    return { firstAnswerMs, ...figures, peakRssMb: server.group?.peakRssMb() ?? 0 };
  } finally {
    client.close();
    await server.stop();
    await master.close();
  }
}

/** Asks until the task's address is among those of its service, resting between two queries. */
export async function untilAnswered(
  client: UdpClient,
  { name, address }: GeneratedTask,
  rest: () => Promise<void> | undefined,
): Promise<void> {
  const query = queryOctets(`${name}.marathon.mesos A`);
  const wanted = Buffer.from(address.split('.').map(Number));
  const endMs = performance.now() + GIVE_UP_MS;
  while (performance.now() < endMs) {
    if ((await client.ask(query))?.includes(wanted)) return;
    await rest();
  }
  throw new Error(`Cannot see the change: ${name} has no address ${address}`);
}
