import type { BenchResult } from '../benchmark.ts';
import type { Goal, Verdict } from '../goals.ts';
import { median, spread } from '../measure/statistics.ts';

/** A benchmark's figures as a table: a line a subject, a column a metric. */
export function resultTable({ series, notes }: BenchResult): string {
  const metrics = [...new Map(series.map(({ metric, unit }) => [metric, unit]))];
  const subjects = [...new Set(series.map(({ subject }) => subject))];
  const head = ['', ...metrics.map(([, unit]) => unit)];
  const lines = subjects.map(subject => [
    subject,
    ...metrics.map(([metric]) => {
      const own = series.find(item => item.subject === subject && item.metric === metric);
      return own ? figureText(own.values) : '';
    }),
  ]);
  return [...alignedLines([head, ...lines]), ...notes.map(note => `  note: ${note}`)].join('\n');
}

/** The goals, and how far each is from its must and its aim. */
export function goalTable(verdicts: readonly Verdict[]): string {
  const head = ['goal', 'must', 'aim', 'measured', 'of the aim', ''];
  const lines = verdicts.map(({ goal, value, verdict }) => {
    const sign = goal.better === 'more' ? '>=' : '<=';
    const limits = [goal.must, goal.aim].map(limit =>
      limit === undefined ? '' : `${sign} ${limit}`,
    );
    const measured = value === undefined ? '' : numberText(value);
    return [goal.text, ...limits, measured, shareOfAim(goal, value), VERDICT_TEXT[verdict]];
  });
  return alignedLines([head, ...lines]).join('\n');
}

/** 100 % is the aim; more is better, whichever way the figure runs. */
function shareOfAim({ better, aim }: Goal, value: number | undefined): string {
  if (value === undefined || aim === 0) return '';
  const share = better === 'more' ? value / aim : aim / value;
  return Number.isFinite(share) ? `${Math.round(share * 100)}%` : '';
}

const VERDICT_TEXT: Readonly<Record<Verdict['verdict'], string>> = {
  aim: 'aim reached',
  must: 'must reached',
  within: 'short of the must by less than a tenth',
  missed: 'MISSED',
  'below aim': 'below the aim',
  'not measured': 'not measured',
};

/** Median, and the spread where there is more than one round. */
export function figureText(values: readonly number[]): string {
  const text = numberText(median(values));
  return values.length > 1 ? `${text} ±${Math.round(spread(values) * 100)}%` : text;
}

export function numberText(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function alignedLines(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  return rows.map(row =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
}
