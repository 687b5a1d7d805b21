import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { LATENCY_UNITS, oneInFlight } from './measure/one-in-flight.ts';
import { measureRounds } from './measure/rounds.ts';
import { KNOTD, NAMED, NSD } from './servers/authoritative.ts';
import { MESONYM } from './servers/mesonym.ts';
import type { RunningServer } from './servers/server.ts';

/** The time one query takes over TCP when no other is under way. */
export const TCP_LATENCY: Benchmark = {
  name: 'tcp-latency',
  question: 'How long does one query take by TCP, on an open connection and with one of its own?',
  run: async context => {
    if (!context.programs.dnsblast) {
      return { series: [], notes: ['no percentiles: there is no C compiler'] };
    }
    return measureRounds(context, {
      kinds: [MESONYM, NSD, KNOTD, NAMED],
      units: {
        ...LATENCY_UNITS,
        connectP50: 'us p50 with its connection',
        connectP99: 'us p99 with its connection',
        connectP999: 'us p99.9 with its connection',
      },
      measure: server => measure(server, context),
    });
  },
};

async function measure(server: RunningServer, context: BenchContext): Promise<Figures> {
  const { queryFile } = context.corpus;
  const open = await oneInFlight(context, server, { queryFile, mode: 'tcp' });
  const each = await oneInFlight(context, server, { queryFile, mode: 'tcp-connect' });
  return { ...open, connectP50: each.p50, connectP99: each.p99, connectP999: each.p999 };
}
