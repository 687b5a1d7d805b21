import { expect, test } from 'vitest';
import { readArguments } from '../../bench/arguments.ts';
import type { BenchResult } from '../../bench/benchmark.ts';
import { barChart } from '../../bench/report/chart.ts';
import { goalTable, resultTable } from '../../bench/report/table.ts';

const RESULT: BenchResult = {
  series: [
    { subject: 'nsd', metric: 'qps', unit: 'queries/s', values: [90, 100, 110] },
    { subject: 'mesonym', metric: 'qps', unit: 'queries/s', values: [200_000, 200_000, 200_000] },
  ],
  notes: ['<named> was not measured'],
};

test('a table has a line a subject, the median and the spread', () => {
  expect(resultTable(RESULT).split('\n')).toEqual([
    '           queries/s',
    'nsd         100 ±10%',
    'mesonym  200,000 ±0%',
    '  note: <named> was not measured',
  ]);
});

test('a goal says what was measured, and how far from the aim that is', () => {
  const common = { benchmark: 'b', subject: 'mesonym', metric: 'm' };
  const goals = [
    { goal: { ...common, text: 'fast', better: 'more', must: 2, aim: 4 } as const, value: 3 },
    { goal: { ...common, text: 'small', better: 'less', must: 9, aim: 4 } as const, value: 8 },
  ];
  const verdicts = goals.map(goal => ({ ...goal, verdict: 'must' as const }));
  expect(goalTable(verdicts).split('\n')).toEqual([
    'goal   must   aim  measured  of the aim',
    'fast   >= 2  >= 4      3.00         75%  must reached',
    'small  <= 9  <= 4      8.00         50%  must reached',
  ]);
});

test('a chart has a bar a subject, the longest first, ours in another colour', () => {
  const svg = barChart(RESULT, 'qps', 'Queries < a second') ?? '';
  const classes = [...svg.matchAll(/<rect class="(\w+)"/g)].map(([, name]) => name);
  expect(classes).toEqual(['ours', 'other']);
  expect(svg).toContain('Queries &lt; a second');
  expect(barChart(RESULT, 'absent', '')).toBeUndefined();
});

test.each([
  { words: ['--rounds', '0'], why: /--rounds is 0/ },
  { words: ['--seconds', 'long'], why: /--seconds is long/ },
  { words: ['--peer', 'coredns'], why: /--peer is coredns, expected NAME=HOST:PORT/ },
  { words: ['--fast'], why: /Unknown option '--fast'/ },
])('refuses $words', ({ words, why }) => {
  expect(() => readArguments(words)).toThrow(why);
});

test('reads peers, IPv6 in brackets', () => {
  const { peers } = readArguments(['--peer', 'a=127.0.0.1:53', '--peer', 'b=[::1]:5353']);
  expect(peers).toEqual([
    { name: 'a', host: '127.0.0.1', port: 53 },
    { name: 'b', host: '::1', port: 5353 },
  ]);
});
