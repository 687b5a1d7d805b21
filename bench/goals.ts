import type { BenchResult, Series } from './benchmark.ts';
import { median, roundRatios } from './measure/statistics.ts';

/** A figure to reach: alone, or as a ratio to another subject's of the same round. */
export interface Goal {
  readonly text: string;
  readonly benchmark: string;
  readonly subject: string;
  readonly metric: string;
  /** The subject the ratio is taken to; missing means the figure itself counts. */
  readonly over?: string;
  /** The metric of the other subject; missing means the same. */
  readonly overMetric?: string;
  readonly better: 'more' | 'less';
  /** The least to be called done; missing where only the aim is set. */
  readonly must?: number;
  /** What we are after. */
  readonly aim: number;
}

type UdpGoal = Pick<Goal, 'text' | 'over' | 'aim'> & { readonly must?: number };

const udp = (goal: UdpGoal): Goal => ({
  ...goal,
  benchmark: 'udp-throughput',
  subject: 'mesonym',
  metric: 'qps',
  better: 'more',
});

/** The figures the project has set itself; ratios within one run, on one core. */
export const GOALS: readonly Goal[] = [
  udp({ text: 'UDP, one core, over NSD', over: 'nsd', must: 1.05, aim: 1.25 }),
  udp({ text: 'UDP, one core, over knotd', over: 'knotd', must: 1.15, aim: 1.25 }),
  udp({ text: 'UDP, one core, over a bare C responder', over: 'c-responder', aim: 0.85 }),
  {
    ...udp({ text: 'CPU a query, over NSD', over: 'nsd', must: 1.04, aim: 0.8 }),
    metric: 'cpuUs',
    better: 'less',
  },
  {
    ...udp({ text: 'UDP, portable, over a dgram echo', over: 'dgram-echo', must: 0.9, aim: 1 }),
    subject: 'mesonym-portable',
  },
  latency('p50', 'One query in flight, p50, over knotd'),
  latency('p999', 'One query in flight, p99.9, over knotd'),
  tcp('pipelinedQps', 'TCP, pipelined, over knotd', 3, 5),
  tcp('connections', 'TCP, a connection a query, over knotd', 0.6, 1),
  besides('tcp-latency', 'p50', 'One query in flight by TCP, p50, over knotd', 'knotd', 1.1),
  besides('tcp-latency', 'connectP50', 'The same with a connection a query', 'knotd', 1.5),
  alone('reload', 'firstAnswerMs', '100,000 tasks: first answers, ms', 6_000, 3_000),
  alone('reload', 'changeMs', '5 of 100,000 tasks change: visible after, ms', 200, 50),
  {
    ...alone('reload', 'loadP99Us', 'DNS p99 during such loads, over idle', 3, 1.5),
    over: 'mesonym',
    overMetric: 'idleP99Us',
  },
  alone('reload', 'lost', 'Queries lost during such loads', 0, 0),
  alone('reload', 'peakRssMb', 'Memory resident at 100,000 tasks, MB', 800, 500),
  alone(
    'stream-scale',
    'firstAnswerMs',
    '100,000 tasks by the stream: first answers, ms',
    6_000,
    3_000,
  ),
  alone('stream-scale', 'p50Ms', 'Event to answer among 100,000 tasks, p50, ms', 1, 1),
  alone('stream-scale', 'p99Ms', 'Event to answer among 100,000 tasks, p99, ms', 4, 1.5),
  alone(
    'stream-scale',
    'peakRssMb',
    'Memory resident at 100,000 tasks by the stream, MB',
    800,
    500,
  ),
  alone('event-to-answer', 'p50Ms', 'Event to answer, p50, ms', 1, 1),
  alone('event-to-answer', 'p99Ms', 'Event to answer, p99, ms', 4, 1.5),
  forwarding('hotQps', 'Forwarding, hot, over unbound', 0.8, 1),
  forwarding('coldQps', 'Forwarding, cold, over unbound', 0.6, 1),
  besides(
    'forwarding-latency',
    'p50',
    'One query in flight, from the cache, p50, over unbound',
    'unbound',
    1.1,
  ),
  {
    ...alone('transfer', 'transferMs', 'AXFR of 100,000 tasks, over knotd', 2, 1),
    over: 'knotd',
  },
  {
    ...alone('transfer', 'transferP99Us', 'DNS p99 during transfers, over idle', 3, 1.5),
    over: 'mesonym',
    overMetric: 'idleP99Us',
  },
  alone('transfer', 'lost', 'Queries lost during transfers', 0, 0),
  follower('p50Ms', 'A change to an answer of a secondary, p50, ms', 1_000, 500),
  follower('p99Ms', 'A change to an answer of a secondary, p99, ms', 1_500, 1_100),
  guarded('mesonym', 'udpUs', 'CPU a query by UDP with the usual guards, over none'),
  guarded(
    'mesonym',
    'pipelinedUs',
    'CPU a query by TCP, pipelined, with the usual guards, over none',
  ),
  guarded('mesonym', 'connectionUs', 'CPU a connection with the usual guards, over none'),
  guarded('mesonym-guarded', 'udpUs', 'CPU a query by UDP with all guards, over none'),
  guarded(
    'mesonym-guarded',
    'pipelinedUs',
    'CPU a query by TCP, pipelined, with all guards, over none',
  ),
  guarded('mesonym-guarded', 'connectionUs', 'CPU a connection with all guards, over none'),
  alone('micro', 'octetsPerQuery', 'Heap octets allocated a query', 1, 0.1),
  alone('allocation', 'octetsInBatch', 'The same at saturation, but for Node waking up', 1, 0.1),
  alone('allocation', 'octetsPerQuery', 'The same at saturation, with all there is', 16, 5),
  alone('micro', 'tableGrowth', 'Table after a million changes, over after 1,000', 1.1, 1.01),
  alone('micro', 'memoryGrowth', 'Heap and table together, after as many', 1.1, 1.05),
  alone(
    'micro',
    'mixedShare',
    'Answers out of 500 records and small ones mixed, over apart',
    1.1,
    1,
  ),
  alone(
    'thread-loss',
    'lostPercent',
    'Lost while ten threads are killed at 10,000 q/s, %',
    0.5,
    0.3,
  ),
  alone('memory', 'pssMb', 'Memory at 4,431 tasks, PSS, MB', 140, 100),
];

function latency(metric: string, text: string): Goal {
  return besides('udp-latency', metric, text, 'knotd', 1.1);
}

/** As little as another server takes. */
function besides(
  benchmark: string,
  metric: string,
  text: string,
  over: string,
  must: number,
): Goal {
  return { ...alone(benchmark, metric, text, must, 1), over };
}

function tcp(metric: string, text: string, must: number, aim: number): Goal {
  const benchmark = 'tcp-throughput';
  return { text, benchmark, subject: 'mesonym', metric, over: 'knotd', better: 'more', must, aim };
}

function forwarding(metric: string, text: string, must: number, aim: number): Goal {
  const benchmark = 'forwarding';
  return {
    text,
    benchmark,
    subject: 'mesonym',
    metric,
    over: 'unbound',
    better: 'more',
    must,
    aim,
  };
}

/** A secondary shows a change that comes alone at once, else after the gap of `notifyGapSeconds`. */
function follower(metric: string, text: string, must: number, aim: number): Goal {
  return { ...alone('secondary', metric, text, must, aim), subject: 'knotd' };
}

/** What guards a server may cost 3 % at most. */
function guarded(subject: string, metric: string, text: string): Goal {
  return { ...alone('features', metric, text, 1.03, 1), subject, over: 'mesonym-bare' };
}

function alone(benchmark: string, metric: string, text: string, must: number, aim: number): Goal {
  return { text, benchmark, subject: 'mesonym', metric, better: 'less', must, aim };
}

/** How a goal stands. `within` means short of the must by at most a tenth, as noise may be. */
export interface Verdict {
  readonly goal: Goal;
  /** What each round gave, the figure or the ratio; none when it was not measured. */
  readonly values: readonly number[];
  readonly verdict: 'aim' | 'must' | 'within' | 'missed' | 'below aim' | 'not measured';
}

/** Compares what was measured with every goal: the median of its rounds counts. */
export function judge(results: ReadonlyMap<string, BenchResult>): Verdict[] {
  return GOALS.map(goal => {
    const values = goalValues(goal, results.get(goal.benchmark)?.series ?? []);
    return { goal, values, verdict: values.length > 0 ? verdict(goal, values) : 'not measured' };
  });
}

function goalValues(goal: Goal, series: readonly Series[]): readonly number[] {
  const find = (subject: string, metric: string) =>
    series.find(own => own.subject === subject && own.metric === metric)?.values ?? [];
  const own = find(goal.subject, goal.metric);
  if (goal.over === undefined) return own;
  return roundRatios(own, find(goal.over, goal.overMetric ?? goal.metric));
}

function verdict({ better, must, aim }: Goal, values: readonly number[]): Verdict['verdict'] {
  const value = median(values);
  const reaches = (wanted: number) => (better === 'more' ? value >= wanted : value <= wanted);
  if (reaches(aim)) return 'aim';
  if (must === undefined) return 'below aim';
  if (reaches(must)) return 'must';
  return reaches(better === 'more' ? must * 0.9 : must * 1.1) ? 'within' : 'missed';
}
