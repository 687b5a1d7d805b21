import { Counter, collectDefaultMetrics, Gauge, type Histogram, Registry } from 'prom-client';
import { CATALOGUE, type MetricName } from './catalogue.ts';
import type { Metric } from './metric.ts';
import type { Buckets, Sample } from './sample.ts';

/** prom-client's own, which are gauges with the suffix of counters: `promtool` refuses them. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];
const NAMES = Object.keys(CATALOGUE) as readonly MetricName[];

/** Prometheus's text format (version 0.0.4). */
export interface Exposition {
  readonly contentType: string;
  /** The metrics of this process and of `samples`; counters with closed labels start at 0. */
  text(samples: readonly Sample[]): Promise<string>;
}

/** Makes the exposition; from then on the process's own metrics are gathered. One a process. */
export function makeExposition(): Exposition {
  const ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess });
  for (const name of MISNAMED) ofProcess.removeSingleMetric(name);
  return {
    contentType: ofProcess.contentType,
    text: async samples => `${await metricsText(samples)}\n${await ofProcess.metrics()}`,
  };
}

/** The text of `samples` alone. */
export async function metricsText(samples: readonly Sample[]): Promise<string> {
  const registry = new Registry();
  const byName = Map.groupBy(samples, ({ metric }) => metric);
  for (const name of NAMES) expose(registry, name, CATALOGUE[name], byName.get(name) ?? []);
  return await registry.metrics();
}

function expose(registry: Registry, name: string, metric: Metric, samples: readonly Sample[]) {
  const options = {
    name,
    help: metric.help,
    labelNames: Object.keys(metric.labels),
    registers: [registry],
  };
  switch (metric.type) {
    case 'counter':
      return addUp(new Counter(options), [...zeros(metric), ...samples], metric);
    case 'gauge':
      return samples.length > 0 && addUp(new Gauge(options), samples, metric);
    case 'histogram':
      return samples.length > 0 && registry.registerMetric(countedHistogram(options, samples));
    default:
      return metric.type satisfies never;
  }
}

function addUp(
  child: Counter<string> | Gauge<string>,
  samples: readonly Pick<Sample, 'labels' | 'value'>[],
  metric: Metric,
): void {
  for (const { labels, value } of samples) child.inc(closed(labels, metric), Number(value));
}

/** A label value outside its closed set counts as `other`, so that no input can make a series. */
function closed(labels: Sample['labels'], metric: Metric): Record<string, string> {
  const entries = Object.entries(labels).map(([name, text]) => {
    const values = metric.labels[name];
    return [name, values === 'any' || values?.includes(text) ? text : 'other'];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

/** A zero for every series of a metric whose labels are all closed; else none. */
function zeros({ labels }: Metric): readonly Pick<Sample, 'labels' | 'value'>[] {
  let series: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(labels)) {
    if (values === 'any') return [];
    series = series.flatMap(start => values.map(text => ({ ...start, [name]: text })));
  }
  return series.map(each => ({ labels: each, value: 0 }));
}

/** A histogram whose buckets were counted elsewhere; prom-client asks for no more than this. */
function countedHistogram(
  { name, help }: { name: string; help: string },
  samples: readonly Sample[],
) {
  const bySeries = Map.groupBy(samples, ({ labels }) => JSON.stringify(labels));
  const values = [...bySeries.values()].flatMap(equal =>
    bucketValues(name, equal[0].labels, together(equal.map(({ value }) => value as Buckets))),
  );
  const get = async () => ({ name, help, type: 'histogram', aggregator: 'sum', values });
  return { name, get } as unknown as Histogram;
}

/** The sum of histograms with the same bounds. */
function together([first, ...others]: readonly Buckets[]): Buckets {
  return others.reduce(
    (all, { counts, sum }) => ({
      bounds: all.bounds,
      counts: all.counts.map((count, index) => count + counts[index]),
      sum: all.sum + sum,
    }),
    first,
  );
}

function bucketValues(name: string, labels: Sample['labels'], { bounds, counts, sum }: Buckets) {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    return {
      metricName: `${name}_bucket`,
      labels: { ...labels, le: bounds[index] ?? '+Inf' },
      value: total,
    };
  });
  const whole = [
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
  return [...buckets, ...whole];
}
