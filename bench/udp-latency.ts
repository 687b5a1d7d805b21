import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { runDnsblast } from './load/generate.ts';
import { measureRounds } from './measure/rounds.ts';
import { KNOTD, NAMED, NSD } from './servers/authoritative.ts';
import { RESPONDER } from './servers/limits.ts';
import { MESONYM, MESONYM_PORTABLE } from './servers/mesonym.ts';
import type { RunningServer } from './servers/server.ts';

/** The time one query takes when no other is under way. */
export const UDP_LATENCY: Benchmark = {
  name: 'udp-latency',
  question: 'How long does one query take, with one in flight?',
  run: async context => {
    if (!context.programs.dnsblast) {
      return { series: [], notes: ['no percentiles: there is no C compiler'] };
    }
    return measureRounds(context, {
      kinds: [MESONYM, MESONYM_PORTABLE, NSD, KNOTD, NAMED, RESPONDER],
      units: { p50: 'us p50', p99: 'us p99', p999: 'us p99.9' },
      measure: server => measure(server, context),
    });
  },
};

async function measure(
  { host, port }: RunningServer,
  { programs, corpus, seconds }: BenchContext,
): Promise<Figures> {
  const { queryFile } = corpus;
  const load = { host, port, queryFile, window: 1, clients: 1 };
  const program = programs.dnsblast ?? '';
  await runDnsblast(program, { ...load, seconds: Math.min(1, seconds) });
  const result = await runDnsblast(program, { ...load, seconds });
  return { p50: result.p50_us, p99: result.p99_us, p999: result.p999_us };
}
