import type { CATALOGUE, MetricName } from './catalogue.ts';

type Catalogue = typeof CATALOGUE;

/** The text of a label: one of its closed set, or any where the config bounds it. */
type LabelText<Values> = Values extends readonly (infer Text)[] ? Text : string;

type LabelsOf<Name extends MetricName> = {
  readonly [Label in keyof Catalogue[Name]['labels']]: LabelText<Catalogue[Name]['labels'][Label]>;
};

type NumberName = {
  [N in MetricName]: Catalogue[N]['type'] extends 'histogram' ? never : N;
}[MetricName];
type HistogramName = Exclude<MetricName, NumberName>;

/** The counters behind a histogram: each bucket holds its own share only (not cumulative). */
export interface Buckets {
  /** Upper bounds in the metric's unit, rising. */
  readonly bounds: readonly number[];
  /** One more than bounds: the last is what lies above them all. */
  readonly counts: readonly number[];
  /** All observed values added up, in the metric's unit. */
  readonly sum: number;
}

/** A value of one series at the time of the scrape; equal series are added up. */
export interface Sample {
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | Buckets;
}

type LabelArguments<Name extends MetricName> = keyof LabelsOf<Name> extends never
  ? []
  : [labels: LabelsOf<Name>];

/** A sample of a counter or gauge. */
export function sample<Name extends NumberName>(
  metric: Name,
  value: number,
  ...[labels]: LabelArguments<Name>
): Sample {
  return { metric, value, labels: (labels ?? {}) as Sample['labels'] };
}

/** A sample of a histogram. */
export function bucketSample<Name extends HistogramName>(
  metric: Name,
  value: Buckets,
  ...[labels]: LabelArguments<Name>
): Sample {
  return { metric, value, labels: (labels ?? {}) as Sample['labels'] };
}
