import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { runDnsblast } from './load/generate.ts';
import { measureRounds } from './measure/rounds.ts';
import { KNOTD, NAMED, NSD } from './servers/authoritative.ts';
import { MESONYM } from './servers/mesonym.ts';
import type { RunningServer } from './servers/server.ts';

/** Queries a second over TCP: pipelined on eight connections, and with a connection for each. */
export const TCP_THROUGHPUT: Benchmark = {
  name: 'tcp-throughput',
  question: 'How many queries a second by TCP, pipelined, and with a new connection each?',
  run: async context => {
    if (!context.programs.dnsblast) {
      return { series: [], notes: ['not measured: there is no C compiler'] };
    }
    return measureRounds(context, {
      kinds: [MESONYM, NSD, KNOTD, NAMED],
      units: { pipelinedQps: 'queries/s pipelined', connections: 'connections/s' },
      measure: server => measure(server, context),
    });
  },
};

async function measure(
  { host, port }: RunningServer,
  { programs, corpus, seconds }: BenchContext,
): Promise<Figures> {
  const { queryFile } = corpus;
  const program = programs.dnsblast ?? '';
  const load = { host, port, queryFile, seconds };
  const pipelined = await runDnsblast(program, { ...load, mode: 'tcp', window: 400, clients: 8 });
  const each = await runDnsblast(program, { ...load, mode: 'tcp-connect', window: 32, clients: 1 });
  return { pipelinedQps: pipelined.qps, connections: each.qps };
}
