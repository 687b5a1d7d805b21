import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawCharts } from './charts.ts';
import { markdownReport, type Report } from './report.ts';

/**
 * Writes what a run has found into `folder`: `results.md`, `results.json` and the charts. Charts of an
 * earlier run that this one has no figures for are taken away.
 */
export function writeResults(report: Report, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(join(folder, 'results.md'), markdownReport(report));
  for (const { file, svg } of drawCharts(report.results)) {
    const path = join(folder, file);
    if (svg === undefined) rmSync(path, { force: true });
    else writeFileSync(path, svg);
  }
}
