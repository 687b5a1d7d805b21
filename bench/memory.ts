import type { Benchmark } from './benchmark.ts';
import { runDnsblast } from './load/generate.ts';
import { measureRounds } from './measure/rounds.ts';
import { KNOTD, NAMED, NSD } from './servers/authoritative.ts';
import { MESONYM } from './servers/mesonym.ts';

/** Memory with the usual zone, after some load. */
export const MEMORY: Benchmark = {
  name: 'memory',
  question: 'How much memory does a server take that holds 4,431 tasks?',
  run: context =>
    measureRounds(context, {
      kinds: [MESONYM, NSD, KNOTD, NAMED],
      units: { pssMb: 'MB PSS' },
      measure: async ({ host, port, group }) => {
        const { programs, corpus, seconds } = context;
        const load = { host, port, queryFile: corpus.queryFile, window: 200, clients: 4 };
        if (programs.dnsblast) {
          await runDnsblast(programs.dnsblast, { ...load, seconds: Math.min(2, seconds) });
        }
        return group ? { pssMb: group.pssMb() } : {};
      },
    }),
};
