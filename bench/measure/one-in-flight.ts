import type { BenchContext } from '../benchmark.ts';
import { type Load, runDnsblast } from '../load/generate.ts';
import type { RunningServer } from '../servers/server.ts';

/** Microseconds of queries that were asked one after the other. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** The units of `Latency`, for tables. */
export const LATENCY_UNITS = { p50: 'us p50', p99: 'us p99', p999: 'us p99.9' } as const;

/** Asks one query at a time, each when the response to the last has come; a second to warm up. */
export async function oneInFlight(
  { programs, seconds }: BenchContext,
  { host, port }: RunningServer,
  asked: Pick<Load, 'queryFile' | 'mode'>,
): Promise<Latency> {
  const program = programs.dnsblast ?? '';
  const load = { host, port, window: 1, clients: 1, ...asked };
  await runDnsblast(program, { ...load, seconds: Math.min(1, seconds) });
  const { p50_us, p99_us, p999_us } = await runDnsblast(program, { ...load, seconds });
  return { p50: p50_us, p99: p99_us, p999: p999_us };
}
