import { CATALOGUE } from './catalogue.ts';
import type { Metric } from './metric.ts';

/** README's table of metrics, in Markdown. */
export function metricsTable(): string {
  const rows = Object.entries(CATALOGUE).map(([name, metric]) => tableRow(name, metric));
  return ['| metric | type | labels | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function tableRow(name: string, { type, help, labels }: Metric): string {
  const shown = Object.entries(labels).map(([label, values]) =>
    values === 'any' ? `\`${label}\`` : `\`${label}\`: ${values.join(' ')}`,
  );
  return `| \`${name}\` | ${type} | ${shown.join('; ')} | ${help} |`;
}
