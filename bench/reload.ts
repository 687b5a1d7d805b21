import { seededRandom } from '../src/runtime/index.ts';
import {
  changeTasks,
  type GeneratedCluster,
  type GeneratedTask,
  type StaticMaster,
  stateOctets,
} from '../src/simulator/index.ts';
import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { type Load, runDnsblast } from './load/generate.ts';
import { type BigCluster, measureBigCluster, untilAnswered } from './measure/big-cluster.ts';
import { percentile } from './measure/statistics.ts';
import type { RunningServer } from './servers/server.ts';

const CHANGED_TASKS = 5;
const LOADS = 5;
const PROBES_A_SECOND = 2_000;
/** Long enough for an idle measurement between two loads. */
const REFRESH_SECONDS = 10;

/** Big states: how soon they are answered, and what their loading costs those who ask. */
export const RELOAD: Benchmark = {
  name: 'reload',
  question: 'How soon is a state of 100,000 tasks answered, and a change in it; who notices?',
  run: async context => {
    if (!context.programs.dnsblast) {
      return { series: [], notes: ['not measured: there is no C compiler'] };
    }
    const refreshSeconds = context.isSmoke ? 1 : REFRESH_SECONDS;
    return measureBigCluster(context, UNITS, publish, { refreshSeconds }, big =>
      timeLoads(context, big),
    );
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

function publish(master: StaticMaster, cluster: GeneratedCluster): void {
  master.publish([...stateOctets(cluster, master.pid)]);
}

async function timeLoads(context: BenchContext, big: BigCluster): Promise<Figures> {
  const { cluster, master, server, random } = big;
  const loads: Figures[] = [];
  for (let load = 0; load < (context.isSmoke ? 1 : LOADS); load++) {
    const idle = await probeIdle(context, server, master);
    const changed = changeFew(cluster, random.uint32());
    publish(master, cluster);
    loads.push({ ...idle, ...(await probeLoad(context, big, changed)) });
  }
  return ofAllLoads(loads);
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
  { server, master, client }: BigCluster,
  changed: readonly GeneratedTask[],
): Promise<Figures> {
  await master.nextAsked();
  const probing = probe(context, server, context.isSmoke ? 0.5 : 3);
  await master.nextServed();
  const servedMs = master.served.lastAtMs;
  for (const task of changed) await untilAnswered(client, task, () => pause(1));
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
