import type { BenchResult, Series } from '../benchmark.ts';
import { median } from '../measure/statistics.ts';
import { figureText } from './figures.ts';

const BAR = 22;
const GAP = 8;
const LEFT = 160;
const WIDTH = 720;
const RIGHT = 140;
const HEAD = 64;
/** Subjects that answer no real queries: they mark what the machine, or Node, can do. */
const LIMITS: readonly string[] = ['c-responder', 'dgram-echo'];

/** A metric to be drawn. */
export interface ChartSubject {
  readonly metric: string;
  readonly title: string;
  readonly better: 'more' | 'less';
}

/**
 * One metric as horizontal bars, the best first; ours stand out, limits are drawn as outlines. An SVG
 * image with a ground of its own, for light and dark; undefined when nothing was measured.
 */
export function barChart(
  { series }: BenchResult,
  { metric, title, better }: ChartSubject,
): string | undefined {
  const own = series.filter(each => each.metric === metric);
  if (own.length === 0) return undefined;
  const direction = better === 'more' ? -1 : 1;
  const sorted = own.toSorted((a, b) => direction * (median(a.values) - median(b.values)));
  const longest = Math.max(...sorted.map(({ values }) => median(values)));
  const bars = sorted.map((each, index) => bar(each, HEAD + index * (BAR + GAP), longest));
  const height = HEAD + sorted.length * (BAR + GAP) + GAP;
  const subtitle = `${sorted[0].unit}, ${roundsText(sorted[0].values.length)}${better === 'less' ? '; less is better' : ''}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">
  <style>
    text { font: 13px system-ui, sans-serif; fill: #444; }
    .title { font-size: 16px; font-weight: 600; fill: #222; }
    .ground { fill: #fff; }
    .ours { fill: #2563eb; } .other { fill: #b6bfcc; }
    .limit { fill: none; stroke: #b6bfcc; stroke-dasharray: 4 3; }
    @media (prefers-color-scheme: dark) {
      text { fill: #bbb; } .title { fill: #eee; }
      .ground { fill: #161b22; }
      .ours { fill: #60a5fa; } .other { fill: #4b5563; }
      .limit { stroke: #6b7280; }
    }
  </style>
  <rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>
  <text class="title" x="16" y="26">${escaped(title)}</text>
  <text x="16" y="46">${escaped(subtitle)}</text>
  ${bars.join('\n  ')}
</svg>
`;
}

function bar({ subject, values }: Series, y: number, longest: number): string {
  const width = longest > 0 ? ((WIDTH - LEFT - RIGHT) * median(values)) / longest : 0;
  const middle = y + BAR / 2 + 5;
  return [
    `<text x="${LEFT - 10}" y="${middle}" text-anchor="end">${escaped(subject)}</text>`,
    `<rect class="${kindOf(subject)}" x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="3"/>`,
    `<text x="${(LEFT + width + 8).toFixed(1)}" y="${middle}">${escaped(figureText(values))}</text>`,
  ].join('\n  ');
}

function kindOf(subject: string): 'ours' | 'limit' | 'other' {
  if (subject.startsWith('mesonym')) return 'ours';
  return LIMITS.includes(subject) ? 'limit' : 'other';
}

function roundsText(rounds: number): string {
  return rounds === 1 ? 'one round' : `median of ${rounds} rounds`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
