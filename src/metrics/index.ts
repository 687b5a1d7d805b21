/**
 * The catalogue of Prometheus metrics. In: what was counted, at the time of a scrape. Out: the text
 * that Prometheus reads. Names end as Prometheus wants them: base units, `_total` for counters.
 */
export { CATALOGUE, type MetricName } from './catalogue.ts';
export { metricsTable } from './describe.ts';
export { type Exposition, makeExposition, metricsText } from './exposition.ts';
export { type Buckets, bucketSample, type Sample, sample } from './sample.ts';
