import { seededRandom } from '../src/runtime/index.ts';
import {
  changeTasks,
  type GeneratedCluster,
  type GeneratedTask,
  generateCluster,
  type StaticMaster,
  startStaticMaster,
  stateOctets,
} from '../src/simulator/index.ts';
import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { type Load, runDnsblast } from './load/generate.ts';
import { ALL_CORES } from './measure/process-group.ts';
import { toSeries } from './measure/rounds.ts';
import { percentile } from './measure/statistics.ts';
import { queryOctets, type UdpClient, udpClient } from './measure/udp-client.ts';
import { MESONYM, prepareMesonym } from './servers/mesonym.ts';
import { type RunningServer, type ServerKind, startServer } from './servers/server.ts';

const SHAPE = { tasks: 100_000, services: 45_000, agents: 1_000 };
const SMOKE_SHAPE = { tasks: 2_000, services: 900, agents: 20 };
const CHANGED_TASKS = 5;
const LOADS = 5;
const PROBES_A_SECOND = 2_000;
/** Long enough for an idle measurement between two loads. */
const REFRESH_SECONDS = 10;
const GIVE_UP_MS = 120_000;

/** Big states: how soon they are answered, and what their loading costs those who ask. */
export const RELOAD: Benchmark = {
  name: 'reload',
  question: 'How soon is a state of 100,000 tasks answered, and a change in it; who notices?',
  run: async context => {
    const reason = MESONYM.missing(context);
    if (reason || !context.programs.dnsblast) {
      return { series: [], notes: [`not measured: ${reason ?? 'there is no C compiler'}`] };
    }
    const rounds: Figures[] = [];
    // A round loads the state many times over: one process is enough for the figures to settle.
    for (let round = 0; round < Math.min(2, context.rounds); round++) {
      rounds.push(await measure(context));
      context.tell(`  round ${round + 1}: ${JSON.stringify(rounds.at(-1))}`);
    }
    return { series: toSeries(new Map([['mesonym', rounds]]), UNITS), notes: [] };
  },
};

const UNITS = {
  firstAnswerMs: 'ms to first answers',
  changeMs: 'ms to a change',
  idleP99Us: 'us p99 idle',
  loadP99Us: 'us p99 in loads',
  loadMaxUs: 'us max in loads',
  lost: 'lost',
  peakRssMb: 'MB most resident',
};

async function measure(context: BenchContext): Promise<Figures> {
  const random = seededRandom(7);
  const cluster = generateCluster(context.isSmoke ? SMOKE_SHAPE : SHAPE, random);
  const master = await startStaticMaster(() => performance.now());
  master.publish([...stateOctets(cluster, master.pid)]);
  const refreshSeconds = context.isSmoke ? 1 : REFRESH_SECONDS;
  const kind: ServerKind = {
    ...MESONYM,
    prepare: place => prepareMesonym(place, master, { refreshSeconds }),
  };
  const startedMs = performance.now();
  // Not pinned: that loads and answers have threads of their own is what is measured.
  const query = `${cluster.tasks[0].name}.marathon.mesos A`;
  const server = await startServer(kind, context, query, ALL_CORES);
  const firstAnswerMs = performance.now() - startedMs;
  const client = await udpClient(server.host, server.port);
  try {
    const loads: Figures[] = [];
    for (let load = 0; load < (context.isSmoke ? 1 : LOADS); load++) {
      const idle = await probeIdle(context, server, master);
      const changed = changeFew(cluster, random.uint32());
      master.publish([...stateOctets(cluster, master.pid)]);
      loads.push({ ...idle, ...(await probeLoad(context, server, master, client, changed)) });
    }
    return { firstAnswerMs, ...ofAllLoads(loads), peakRssMb: server.group?.peakRssMb() ?? 0 };
  } finally {
    client.close();
    await server.stop();
    await master.close();
  }
}

/** Changes some tasks of small services, whose whole address set fits a response by UDP. */
function changeFew(cluster: GeneratedCluster, seed: number): GeneratedTask[] {
  const sizes = new Map<string, number>();
  for (const { name } of cluster.tasks) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  for (let attempt = 0; ; attempt++) {
    const before = [...cluster.tasks];
    const places = changeTasks(cluster, CHANGED_TASKS, seededRandom(seed + attempt));
    const changed = places.map(place => cluster.tasks[place]);
    if (changed.every(({ name }) => (sizes.get(name) ?? 0) < 20)) return changed;
    for (const place of places) cluster.tasks[place] = before[place];
  }
}

/** Right after a load, when the next one is far. */
async function probeIdle(
  context: BenchContext,
  server: RunningServer,
  master: StaticMaster,
): Promise<Figures> {
  await master.nextServed();
  await pause(context.isSmoke ? 50 : 1_500);
  const idle = await probe(context, server, context.isSmoke ? 0.2 : 4);
  return { idleP99Us: idle.p99_us };
}

/** From the moment the state is asked for until its changes are answered, and a while after. */
async function probeLoad(
  context: BenchContext,
  server: RunningServer,
  master: StaticMaster,
  client: UdpClient,
  changed: readonly GeneratedTask[],
): Promise<Figures> {
  await master.nextAsked();
  const probing = probe(context, server, context.isSmoke ? 0.5 : 3);
  await master.nextServed();
  const servedMs = master.served.lastAtMs;
  for (const task of changed) await untilAnswered(client, task);
  const changeMs = performance.now() - servedMs;
  const { p99_us: loadP99Us, max_us: loadMaxUs, lost } = await probing;
  return { changeMs, loadP99Us, loadMaxUs, lost };
}

function probe({ programs, corpus }: BenchContext, { host, port }: RunningServer, seconds: number) {
  const { queryFile } = corpus;
  const rate = PROBES_A_SECOND;
  const load: Load = { host, port, queryFile, seconds, window: 1_000, clients: 1, rate };
  return runDnsblast(programs.dnsblast ?? '', load);
}

/** Asks until the task's new address is among those of its service. */
async function untilAnswered(client: UdpClient, { name, address }: GeneratedTask): Promise<void> {
  const query = queryOctets(`${name}.marathon.mesos A`);
  const wanted = Buffer.from(address.split('.').map(Number));
  const endMs = performance.now() + GIVE_UP_MS;
  while (performance.now() < endMs) {
    if ((await client.ask(query))?.includes(wanted)) return;
    await pause(1);
  }
  throw new Error(`Cannot see the change: ${name} has no address ${address}`);
}

/** Of a server's loads: the median of times, the sum of what was lost. */
function ofAllLoads(loads: readonly Figures[]): Figures {
  const all = (metric: string) => loads.map(figures => figures[metric]);
  const middle = (metric: string) => percentile(all(metric), 0.5);
  return {
    changeMs: middle('changeMs'),
    idleP99Us: middle('idleP99Us'),
    loadP99Us: middle('loadP99Us'),
    loadMaxUs: Math.max(...all('loadMaxUs')),
    lost: all('lost').reduce((sum, lost) => sum + lost, 0),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
