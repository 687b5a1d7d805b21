import type { Benchmark } from './benchmark.ts';
import { LATENCY_UNITS, oneInFlight } from './measure/one-in-flight.ts';
import { measureRounds } from './measure/rounds.ts';
import { KNOTD, NAMED, NSD } from './servers/authoritative.ts';
import { RESPONDER } from './servers/limits.ts';
import { MESONYM, MESONYM_PORTABLE } from './servers/mesonym.ts';

/** The time one query takes when no other is under way. */
export const UDP_LATENCY: Benchmark = {
  name: 'udp-latency',
  question: 'How long does one query take, with one in flight?',
  run: async context => {
    if (!context.programs.dnsblast) {
      return { series: [], notes: ['no percentiles: there is no C compiler'] };
    }
    const { queryFile } = context.corpus;
    return measureRounds(context, {
      kinds: [MESONYM, MESONYM_PORTABLE, NSD, KNOTD, NAMED, RESPONDER],
      units: LATENCY_UNITS,
      measure: async server => ({ ...(await oneInFlight(context, server, { queryFile })) }),
    });
  },
};
