import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from './report.ts';

/** What a run before this one wrote into `folder`; undefined when there was none. */
export function earlierReport(folder: string): Report | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, 'results.json'), 'utf8');
  } catch {
    return undefined;
  }
  return JSON.parse(text) as Report;
}
