import type { BenchResult } from '../benchmark.ts';
import type { Verdict } from '../goals.ts';
import { type Chart, drawCharts } from './charts.ts';
import type { Machine } from './machine.ts';
import { goalTable, markdownTable, plainTable, resultTable } from './table.ts';

/** Everything one run has found. */
export interface Report {
  readonly machine: Machine;
  readonly command: string;
  readonly date: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly questions: Readonly<Record<string, string>>;
  readonly results: Readonly<Record<string, BenchResult>>;
  readonly verdicts: readonly Verdict[];
}

/** The whole report for a terminal. */
export function plainReport(report: Report): string {
  const parts = Object.entries(report.results).map(([name, result]) =>
    [
      `${name}: ${report.questions[name]}`,
      ...(result.series.length > 0 ? [plainTable(resultTable(result))] : []),
      ...result.notes.map(note => `  note: ${note}`),
    ].join('\n'),
  );
  const goals = report.verdicts.length > 0 ? [plainTable(goalTable(report.verdicts))] : [];
  const head = [...conditions(report), report.command].join('\n');
  return `${[head, ...parts, ...goals].join('\n\n')}\n`;
}

/** The whole report as Markdown, with the charts that lie beside it. */
export function markdownReport(report: Report): string {
  const charts = drawCharts(report.results);
  const parts = Object.entries(report.results).flatMap(([name, result]) => [
    `## ${name}`,
    report.questions[name],
    ...charts.filter(({ benchmark }) => benchmark === name).flatMap(chart => image(chart)),
    ...(result.series.length > 0 ? [markdownTable(resultTable(result))] : []),
    ...result.notes.map(note => `Note: ${note}.`),
  ]);
  return `${['# What was measured', goalsMarkdown(report), ...parts].join('\n\n')}\n`;
}

/** What README shows: the goals that were measured, and some charts, which lie in `folder`. */
export function readmeResults(report: Report, folder: string): string {
  const charts = drawCharts(report.results).filter(({ isInReadme }) => isInReadme);
  return [goalsMarkdown(report), ...charts.flatMap(chart => image(chart, folder))].join('\n\n');
}

function goalsMarkdown(report: Report): string {
  const [machine, programs, run] = conditions(report);
  const from = `Measured on ${machine}, beside ${programs}; \`${report.command}\`, ${run}.`;
  const measured = report.verdicts.filter(({ verdict }) => verdict !== 'not measured');
  return measured.length > 0 ? `${from}\n\n${markdownTable(goalTable(measured))}` : from;
}

function image({ file, title, svg }: Chart, folder = ''): string[] {
  return svg === undefined ? [] : [`![${title}](${folder}${file})`];
}

/** The machine, the programs beside ours, and how long each was measured. */
function conditions({ machine, command, rounds, seconds, date }: Report): readonly string[] {
  const { processor, cores, memoryGb, kernel, node, loadBefore } = machine;
  const programs = Object.entries(machine.programs).map(([name, version]) => `${name} ${version}`);
  const isOfPieces = command.includes(' && ');
  const length = `${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${seconds} s`;
  return [
    `${processor}, ${cores} cores, ${memoryGb} GB, Linux ${kernel}, Node ${node}, load ${loadBefore}`,
    programs.join(', '),
    `${isOfPieces ? 'each piece as long as its line says' : length}, ${date}`,
  ];
}
