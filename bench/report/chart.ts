import type { BenchResult } from '../benchmark.ts';
import { median } from '../measure/statistics.ts';
import { figureText } from './table.ts';

const BAR = 22;
const GAP = 8;
const LEFT = 160;
const WIDTH = 720;
const RIGHT = 130;
const HEAD = 64;

/** One metric as horizontal bars, most first; those of the product stand out. An SVG image. */
export function barChart(result: BenchResult, metric: string, title: string): string | undefined {
  const series = result.series.filter(own => own.metric === metric);
  if (series.length === 0) return undefined;
  const sorted = [...series].sort((a, b) => median(b.values) - median(a.values));
  const longest = Math.max(...sorted.map(({ values }) => median(values)));
  const height = HEAD + sorted.length * (BAR + GAP) + GAP;
  const bars = sorted.map(({ subject, values }, index) => {
    const y = HEAD + index * (BAR + GAP);
    const width = longest > 0 ? ((WIDTH - LEFT - RIGHT) * median(values)) / longest : 0;
    const name = subject.startsWith('mesonym') ? 'ours' : 'other';
    const middle = y + BAR / 2 + 5;
    return [
      `<text x="${LEFT - 10}" y="${middle}" text-anchor="end">${escaped(subject)}</text>`,
      `<rect class="${name}" x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="3"/>`,
      `<text x="${(LEFT + width + 8).toFixed(1)}" y="${middle}">${escaped(figureText(values))}</text>`,
    ].join('\n  ');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
  <style>
    text { font: 13px system-ui, sans-serif; fill: #444; }
    .title { font-size: 16px; font-weight: 600; fill: #222; }
    .ours { fill: #2563eb; } .other { fill: #b6bfcc; }
    @media (prefers-color-scheme: dark) {
      text { fill: #bbb; } .title { fill: #eee; } .ours { fill: #60a5fa; } .other { fill: #4b5563; }
    }
  </style>
  <text class="title" x="16" y="26">${escaped(title)}</text>
  <text x="16" y="46">${escaped(sorted[0].unit)}, median of ${sorted[0].values.length} rounds</text>
  ${bars.join('\n  ')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
