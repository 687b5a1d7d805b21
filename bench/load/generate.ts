import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LOAD_CORE } from '../measure/process-group.ts';

const run = promisify(execFile);

export interface Load {
  readonly host: string;
  readonly port: number;
  readonly queryFile: string;
  readonly seconds: number;
  /** Queries outstanding in all. */
  readonly window: number;
  readonly clients: number;
  readonly mode?: 'udp' | 'tcp' | 'tcp-connect';
  /** Queries a second, whatever the server does; missing means as many as it answers. */
  readonly rate?: number;
}

/** What came back; times in microseconds. */
export interface LoadResult {
  readonly qps: number;
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly nxdomain: number;
  readonly servfail: number;
  readonly bad: number;
  /** Of all responses together. */
  readonly octets: number;
  readonly p50_us: number;
  readonly p99_us: number;
  readonly p999_us: number;
  readonly max_us: number;
}

/** Runs our own generator on its core. It counts as `bad` what is no response to its query. */
export async function runDnsblast(program: string, load: Load): Promise<LoadResult> {
  const { host, port, queryFile, seconds, window, clients, mode = 'udp', rate = 0 } = load;
  const words = ['-s', host, '-p', port, '-d', queryFile, '-l', seconds, '-m', mode];
  const more = ['-w', window, '-c', clients, '-r', rate];
  const pinned = ['-c', LOAD_CORE, program, ...[...words, ...more].map(String)];
  const { stdout } = await run('taskset', pinned);
  const result = JSON.parse(stdout) as LoadResult;
  if (result.received === 0 || result.bad > result.received / 1000) {
    throw new Error(`Cannot use this run: ${stdout.trim()}`);
  }
  return result;
}

/** What dnsperf tells. */
export interface DnsperfResult {
  readonly qps: number;
  readonly lost: number;
  /** Of a response, on average. */
  readonly octets: number;
  readonly nxdomainPercent: number;
}

/** Runs dnsperf, the generator everybody knows; it tells no percentiles. */
export async function runDnsperf(program: string, load: Load): Promise<DnsperfResult> {
  const { host, port, queryFile, seconds, window, clients, mode = 'udp', rate } = load;
  const words = ['-s', host, '-p', port, '-d', queryFile, '-l', Math.max(1, Math.round(seconds))];
  const more = ['-c', clients, '-q', window, '-T', 1, '-m', mode, ...(rate ? ['-Q', rate] : [])];
  const pinned = ['-c', LOAD_CORE, program, ...[...words, ...more].map(String)];
  const { stdout } = await run('taskset', pinned);
  const figure = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? 0);
  return {
    qps: figure(/Queries per second:\s+([\d.]+)/),
    lost: figure(/Queries lost:\s+(\d+)/),
    octets: figure(/response (\d+)/),
    nxdomainPercent: figure(/NXDOMAIN \d+ \(([\d.]+)%\)/),
  };
}
