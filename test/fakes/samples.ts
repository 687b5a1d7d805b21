import { CATALOGUE, type MetricName, type Sample } from '../../src/metrics/index.ts';

/** A sample of every metric, each label with the first of its values. */
export function everySample(): Sample[] {
  return Object.entries(CATALOGUE).map(([name, { type, labels }]) => ({
    metric: name as MetricName,
    labels: Object.fromEntries(
      Object.entries<readonly string[] | 'any'>(labels).map(([label, values]) => [
        label,
        values === 'any' ? 'some' : values[0],
      ]),
    ),
    value: type === 'histogram' ? { bounds: [0.001, 1], counts: [5, 2, 1], sum: 4 } : 1,
  }));
}
