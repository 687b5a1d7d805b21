import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchResult } from '../benchmark.ts';
import type { Verdict } from '../goals.ts';
import { barChart } from './chart.ts';
import type { Machine } from './machine.ts';
import { goalTable, resultTable } from './table.ts';

/** Everything one run has found. */
export interface Report {
  readonly machine: Machine;
  readonly command: string;
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly questions: ReadonlyMap<string, string>;
  readonly results: ReadonlyMap<string, BenchResult>;
  readonly verdicts: readonly Verdict[];
}

/** The charts: a metric of a benchmark each, and what is read from it. */
const CHARTS: readonly (readonly [benchmark: string, metric: string, title: string])[] = [
  ['udp-throughput', 'qps', 'Queries a second by UDP, one core'],
  ['udp-throughput', 'cpuUs', 'Processor time a query'],
  ['udp-latency', 'p50', 'One query in flight: p50'],
  ['udp-latency', 'p999', 'One query in flight: p99.9'],
  ['tcp-throughput', 'pipelinedQps', 'Queries a second by TCP, pipelined on 8 connections'],
  ['tcp-throughput', 'connections', 'Queries a second by TCP, a connection each'],
  ['forwarding', 'hotQps', 'Forwarding: answers from the cache'],
  ['forwarding', 'coldQps', 'Forwarding: every name asked upstream'],
  ['memory', 'pssMb', 'Memory with 4,431 tasks'],
];

/** The whole report as text. */
export function reportText(report: Report): string {
  const { machine, results, questions, verdicts } = report;
  const programs = Object.entries(machine.programs).map(([name, version]) => `${name} ${version}`);
  const head = [
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB, Linux ${machine.kernel}, Node ${machine.node}, load ${machine.loadBefore}`,
    programs.join(', '),
    `${report.command}: ${report.rounds} rounds of ${report.seconds} s, ${report.date}`,
  ];
  const parts = [...results].map(
    ([name, result]) => `${name}: ${questions.get(name)}\n${resultTable(result)}`,
  );
  const goals = verdicts.length > 0 ? [goalTable(verdicts)] : [];
  return `${[head.join('\n'), ...parts, ...goals].join('\n\n')}\n`;
}

/** Writes text, JSON and charts into `folder`. */
export function writeResults(report: Report, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'results.txt'), reportText(report));
  const json = {
    ...report,
    questions: Object.fromEntries(report.questions),
    results: Object.fromEntries(report.results),
  };
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(json, undefined, 2)}\n`);
  for (const [benchmark, metric, title] of CHARTS) {
    const result = report.results.get(benchmark);
    const chart = result && barChart(result, metric, title);
    if (chart) writeFileSync(join(folder, `${benchmark}-${metric}.svg`), chart);
  }
}
