import { join } from 'node:path';
import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { runDnsblast, runDnsperf } from './load/generate.ts';
import { measureForwarders, writeHotQueries, writeNames } from './measure/forwarders.ts';
import type { RunningServer } from './servers/server.ts';

/** More names than are asked in a run, so that none is asked twice. */
const COLD_NAMES_A_SECOND = 250_000;

/** Queries a second for names outside the zone: from the cache, and each asked upstream. */
export const FORWARDING: Benchmark = {
  name: 'forwarding',
  question: 'How many queries a second are forwarded, from the cache and to one upstream?',
  run: async context => {
    const names = COLD_NAMES_A_SECOND * Math.max(1, Math.round(context.seconds));
    const hot = writeHotQueries(context);
    const cold = writeNames(join(context.folder, 'cold.txt'), 'cold', names);
    return measureForwarders(context, {
      units: { hotQps: 'queries/s from the cache', coldQps: 'queries/s asked upstream' },
      measure: server => measure(server, context, { hot, cold }),
    });
  },
};

async function measure(
  { host, port }: RunningServer,
  { programs, seconds }: BenchContext,
  files: { readonly hot: string; readonly cold: string },
): Promise<Figures> {
  const load = { host, port, seconds, window: 200, clients: 4 };
  const blast = programs.dnsblast ?? '';
  await runDnsblast(blast, { ...load, queryFile: files.hot, seconds: Math.min(1, seconds) });
  const hot = await runDnsblast(blast, { ...load, queryFile: files.hot });
  if (hot.servfail > hot.received / 100)
    throw new Error(`Cannot use this run: ${hot.servfail} SERVFAIL`);
  const cold = await runDnsperf(programs.dnsperf ?? '', { ...load, queryFile: files.cold });
  return { hotQps: hot.qps, coldQps: cold.qps };
}
