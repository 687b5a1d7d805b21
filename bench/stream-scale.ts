import { seededRandom } from '../src/runtime/index.ts';
import { changeTasks, replacedEvents, subscribedOctets } from '../src/simulator/index.ts';
import type { Benchmark, Figures } from './benchmark.ts';
import { type BigCluster, measureBigCluster, untilAnswered } from './measure/big-cluster.ts';
import { percentile } from './measure/statistics.ts';

const CHANGES = 400;
/** Not counted: a fresh process compiles what it does for the first time, once in its life. */
const WARM_UP = 100;

/** The event stream of a big cluster: its first record, and single changes after it. */
export const STREAM_SCALE: Benchmark = {
  name: 'stream-scale',
  question: 'How soon are 100,000 tasks answered by the event stream, and a change of one of them?',
  run: context =>
    measureBigCluster(
      context,
      UNITS,
      (master, cluster) => master.publishStream(subscribedOctets(cluster)),
      { source: 'stream' },
      big => timeChanges(big, context.isSmoke ? 5 : CHANGES, context.isSmoke ? 0 : WARM_UP),
    ),
};

const UNITS = {
  firstAnswerMs: 'ms to first answers',
  p50Ms: 'ms p50 to a change',
  p99Ms: 'ms p99 to a change',
  peakRssMb: 'MB most resident',
};

async function timeChanges(big: BigCluster, changes: number, warmUp: number): Promise<Figures> {
  const delays: number[] = [];
  for (let change = 0; change < warmUp + changes; change++) {
    const delayMs = await timeChange(big);
    if (change >= warmUp) delays.push(delayMs);
  }
  return { p50Ms: percentile(delays, 0.5), p99Ms: percentile(delays, 0.99) };
}

/** Replaces one task and asks for its service without pause until the new address is answered. */
async function timeChange({ cluster, master, client, random }: BigCluster): Promise<number> {
  const before = [...cluster.tasks];
  const [place] = changeTasks(cluster, 1, seededRandom(random.uint32()));
  const startedMs = performance.now();
  master.emit(replacedEvents(before[place], cluster.tasks[place], cluster));
  await untilAnswered(client, cluster.tasks[place], () => undefined);
  return performance.now() - startedMs;
}
