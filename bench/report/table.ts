import type { BenchResult } from '../benchmark.ts';
import type { Verdict } from '../goals.ts';
import { median } from '../measure/statistics.ts';
import {
  figureText,
  limitText,
  numberText,
  shareOfAim,
  spreadText,
  VERDICT_TEXT,
} from './figures.ts';

/** Rows of cells; the first row is the head. */
export type Table = readonly (readonly string[])[];

/** A benchmark's figures: a row a subject, a column a metric. */
export function resultTable({ series }: BenchResult): Table {
  const metrics = [...new Map(series.map(({ metric, unit }) => [metric, unit]))];
  const subjects = [...new Set(series.map(({ subject }) => subject))];
  const head = ['', ...metrics.map(([, unit]) => unit)];
  const rows = subjects.map(subject => [
    subject,
    ...metrics.map(([metric]) => {
      const own = series.find(item => item.subject === subject && item.metric === metric);
      return own ? figureText(own.values) : '';
    }),
  ]);
  return [head, ...rows];
}

/** The goals, and how far each is from its must and its aim. */
export function goalTable(verdicts: readonly Verdict[]): Table {
  const head = ['goal', 'must', 'aim', 'measured', 'spread', 'of the aim', ''];
  const rows = verdicts.map(({ goal, values, verdict }) => [
    goal.text,
    limitText(goal, goal.must),
    limitText(goal, goal.aim),
    values.length > 0 ? numberText(median(values)) : '',
    spreadText(values),
    shareOfAim(goal, values),
    VERDICT_TEXT[verdict],
  ]);
  return [head, ...rows];
}

/** A table for a terminal: names at the left, all else at the right of its column. */
export function plainTable(rows: Table): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  const lines = rows.map(row =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n');
}

/** The same for Markdown. */
export function markdownTable([head, ...rows]: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map(line).join('\n');
}
