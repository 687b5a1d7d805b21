import type { BenchResult } from '../benchmark.ts';
import { barChart, type ChartSubject } from './chart.ts';

/** A chart as an image file. */
export interface Chart {
  readonly benchmark: string;
  readonly file: string;
  readonly title: string;
  /** README shows it; the others are in the report only. */
  readonly isInReadme: boolean;
  /** Undefined when nothing of it was measured. */
  readonly svg: string | undefined;
}

interface ChartRow extends ChartSubject {
  readonly benchmark: string;
  readonly isInReadme?: true;
}

const CHARTS: readonly ChartRow[] = [
  {
    benchmark: 'udp-throughput',
    metric: 'qps',
    title: 'Queries a second by UDP, one core',
    better: 'more',
    isInReadme: true,
  },
  {
    benchmark: 'udp-throughput',
    metric: 'cpuUs',
    title: 'Processor time a query by UDP',
    better: 'less',
  },
  {
    benchmark: 'udp-latency',
    metric: 'p50',
    title: 'One query in flight, the usual time (p50)',
    better: 'less',
    isInReadme: true,
  },
  {
    benchmark: 'udp-latency',
    metric: 'p999',
    title: 'One query in flight, one in a thousand takes longer (p99.9)',
    better: 'less',
  },
  {
    benchmark: 'tcp-throughput',
    metric: 'pipelinedQps',
    title: 'Queries a second by TCP, pipelined on 8 connections',
    better: 'more',
    isInReadme: true,
  },
  {
    benchmark: 'tcp-throughput',
    metric: 'connections',
    title: 'Queries a second by TCP, a connection each',
    better: 'more',
  },
  {
    benchmark: 'tcp-latency',
    metric: 'p50',
    title: 'One query in flight by TCP, the usual time (p50)',
    better: 'less',
  },
  {
    benchmark: 'tcp-latency',
    metric: 'p999',
    title: 'One query in flight by TCP, one in a thousand takes longer (p99.9)',
    better: 'less',
  },
  {
    benchmark: 'forwarding',
    metric: 'hotQps',
    title: 'Forwarding: queries a second from the cache',
    better: 'more',
  },
  {
    benchmark: 'forwarding',
    metric: 'coldQps',
    title: 'Forwarding: queries a second asked upstream',
    better: 'more',
  },
  {
    benchmark: 'forwarding-latency',
    metric: 'p50',
    title: 'Forwarding: one query in flight, from the cache (p50)',
    better: 'less',
  },
  {
    benchmark: 'forwarding-latency',
    metric: 'p999',
    title: 'Forwarding: one in a thousand from the cache takes longer (p99.9)',
    better: 'less',
  },
  { benchmark: 'memory', metric: 'pssMb', title: 'Memory with 4,431 tasks', better: 'less' },
];

/** All charts, drawn where there are figures. */
export function drawCharts(results: Readonly<Record<string, BenchResult>>): Chart[] {
  return CHARTS.map(({ benchmark, isInReadme = false, ...subject }) => {
    const result = results[benchmark] as BenchResult | undefined;
    const svg = result && barChart(result, subject);
    const file = `${benchmark}-${subject.metric}.svg`;
    return { benchmark, file, title: subject.title, isInReadme, svg };
  });
}
