import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { findProgram } from '../load/programs.ts';

/** Where the figures come from; figures without it say little. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  /** Load average before the run; above about 0.3, others had a share of the cores. */
  readonly loadBefore: number;
  /** Versions of the programs measured beside ours. */
  readonly programs: Readonly<Record<string, string>>;
}

const VERSION_WORDS: Readonly<Record<string, string>> = {
  knotd: '--version',
  nsd: '-v',
  named: '-v',
  unbound: '-V',
  dnsmasq: '--version',
  dnsperf: '-h',
  cc: '--version',
};

/** Looks at this machine. */
export function describeMachine(): Machine {
  const programs = Object.entries(VERSION_WORDS).flatMap(([name, word]) => {
    const path = findProgram(name);
    return path ? [[name, programVersion(path, word)]] : [];
  });
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    loadBefore: Math.round(loadavg()[0] * 100) / 100,
    programs: Object.fromEntries(programs),
  };
}

/** The version a program tells, on whichever stream. */
function programVersion(path: string, word: string): string {
  let text = '';
  try {
    text = execFileSync('sh', ['-c', `"${path}" ${word} 2>&1`], { encoding: 'utf8' });
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) text = String(error.stdout);
  }
  return /(?:version |BIND |\) )v?(\d+\.\d+[\w.]*)/i.exec(text)?.[1] ?? 'unknown';
}
