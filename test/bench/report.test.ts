import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readArguments } from '../../bench/arguments.ts';
import type { BenchResult } from '../../bench/benchmark.ts';
import type { Goal } from '../../bench/goals.ts';
import { barChart } from '../../bench/report/chart.ts';
import { earlierReport } from '../../bench/report/earlier-report.ts';
import { figureText } from '../../bench/report/figures.ts';
import {
  markdownReport,
  plainReport,
  type Report,
  readmeResults,
} from '../../bench/report/report.ts';
import { goalTable, markdownTable, plainTable, resultTable } from '../../bench/report/table.ts';
import { writeResults } from '../../bench/report/write-results.ts';

const RESULT: BenchResult = {
  series: [
    { subject: 'nsd', metric: 'qps', unit: 'queries/s', values: [90, 100, 110] },
    { subject: 'mesonym', metric: 'qps', unit: 'queries/s', values: [200_000, 200_000, 200_000] },
    { subject: 'c-responder', metric: 'qps', unit: 'queries/s', values: [300_000] },
  ],
  notes: ['named was not measured'],
};
const COMMON = { benchmark: 'b', subject: 'mesonym', metric: 'm' };
const FAST: Goal = { ...COMMON, text: 'fast', better: 'more', must: 2, aim: 4 };
const SMALL: Goal = { ...COMMON, text: 'small', better: 'less', must: 6_000, aim: 4 };
const REPORT: Report = {
  machine: {
    processor: 'A processor',
    cores: 2,
    memoryGb: 8,
    kernel: '6.1',
    node: 'v24',
    loadBefore: 0.1,
    programs: { nsd: '4.6.1' },
  },
  command: 'npm run bench -- --rounds 3',
  date: '2026-11-22',
  rounds: 3,
  seconds: 5,
  questions: { 'udp-throughput': 'How many?', micro: 'How long?' },
  results: { 'udp-throughput': RESULT, micro: { series: [], notes: ['nothing was measured'] } },
  verdicts: [
    { goal: FAST, values: [2, 3, 3], verdict: 'must' },
    { goal: SMALL, values: [], verdict: 'not measured' },
  ],
};

test('a table has a line a subject, the median and the spread', () => {
  expect(plainTable(resultTable(RESULT)).split('\n')).toEqual([
    '               queries/s',
    'nsd             100 ±10%',
    'mesonym      200,000 ±0%',
    'c-responder      300,000',
  ]);
});

test.each([
  { values: [0.512], text: '0.51' },
  { values: [46], text: '46.00' },
  { values: [90, 110, 100], text: '100 ±10%' },
  { values: [262_000.4], text: '262,000' },
  { values: [0, 0], text: '0 ±0%' },
  { values: [0, 0, 3], text: '0 to 3.00' },
])('$values reads as $text', ({ values, text }) => {
  expect(figureText(values)).toBe(text);
});

test('a goal says what was measured, and how far from the aim that is', () => {
  const small = { goal: SMALL, values: [8], verdict: 'must' } as const;
  expect(plainTable(goalTable([REPORT.verdicts[0], small])).split('\n')).toEqual([
    'goal       must   aim  measured  spread  of the aim',
    'fast       >= 2  >= 4      3.00    ±17%         75%  must reached',
    'small  <= 6,000  <= 4      8.00                 50%  must reached',
  ]);
});

test('a report names machine, versions, rounds and command, and what was left out', () => {
  const text = plainReport(REPORT);
  for (const part of ['A processor, 2 cores', 'nsd 4.6.1', '3 rounds of 5 s', REPORT.command]) {
    expect(text).toContain(part);
  }
  expect(text).toContain('note: named was not measured');
  expect(text).toContain('small');
});

test('Markdown shows charts that are there, and only goals that were measured', () => {
  const text = markdownReport(REPORT);
  expect(text).toContain('![Queries a second by UDP, one core](udp-throughput-qps.svg)');
  expect(text).not.toContain('udp-throughput-cpuUs.svg');
  expect(text).toContain('| fast | >= 2 | >= 4 | 3.00 | ±17% | 75% | must reached |');
  expect(text).not.toContain('| small |');
  expect(text).toContain('Note: nothing was measured.');
  expect(readmeResults(REPORT, 'there/')).toContain('(there/udp-throughput-qps.svg)');
  expect(
    markdownTable([
      ['', 'a'],
      ['b', '1'],
    ]),
  ).toBe('|  | a |\n| --- | ---: |\n| b | 1 |');
});

test('results are written beside each other, and charts of an earlier run go', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-report-'));
  writeFileSync(join(folder, 'memory-pssMb.svg'), 'old');
  writeFileSync(join(folder, 'mine.svg'), 'of somebody else');
  writeResults(REPORT, folder);
  const files = readdirSync(folder).sort();
  const json: unknown = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
  rmSync(folder, { recursive: true });
  expect(files).toEqual(['mine.svg', 'results.json', 'results.md', 'udp-throughput-qps.svg']);
  expect(json).toEqual(REPORT);
});

test('a chart has a bar a subject, the best first, ours in another colour, limits as outlines', () => {
  const title = 'Queries < a second';
  const svg = barChart(RESULT, { metric: 'qps', title, better: 'more' }) ?? '';
  const classes = (image: string) =>
    [...image.matchAll(/<rect class="(\w+)" x/g)].map(([, name]) => name);
  expect(classes(svg)).toEqual(['limit', 'ours', 'other']);
  expect(svg).toContain('Queries &lt; a second');
  const reversed = barChart(RESULT, { metric: 'qps', title, better: 'less' }) ?? '';
  expect(classes(reversed)).toEqual(['other', 'ours', 'limit']);
  expect(reversed).toContain('less is better');
  expect(barChart(RESULT, { metric: 'absent', title, better: 'more' })).toBeUndefined();
});

test.each([
  { words: ['--rounds', '0'], why: /--rounds is 0/ },
  { words: ['--seconds', 'long'], why: /--seconds is long/ },
  { words: ['--peer', 'coredns'], why: /--peer is coredns, expected NAME=HOST:PORT/ },
  { words: ['--gate', '--smoke'], why: /--gate judges figures/ },
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

test('a later run can complete what an earlier one left', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-report-'));
  try {
    expect(earlierReport(folder)).toBeUndefined();
    writeResults(REPORT, folder);
    expect(earlierReport(folder)).toMatchObject({
      command: REPORT.command,
      results: REPORT.results,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
