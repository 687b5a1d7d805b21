/** The values a label may take; `any` only where the config bounds them (upstreams, secondaries). */
export type LabelValues = readonly string[] | 'any';

/** One metric of the catalogue. */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: Readonly<Record<string, LabelValues>>;
}

type Labels = Metric['labels'];

/** A number that only grows. */
export function counter<const Given extends Labels = Record<never, never>>(
  help: string,
  labels?: Given,
) {
  return { type: 'counter', help, labels: (labels ?? {}) as Given } as const;
}

/** A number that goes up and down. */
export function gauge<const Given extends Labels = Record<never, never>>(
  help: string,
  labels?: Given,
) {
  return { type: 'gauge', help, labels: (labels ?? {}) as Given } as const;
}

/** Values counted in buckets, and their sum. */
export function histogram<const Given extends Labels = Record<never, never>>(
  help: string,
  labels?: Given,
) {
  return { type: 'histogram', help, labels: (labels ?? {}) as Given } as const;
}
