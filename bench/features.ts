import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { type Load, runDnsblast } from './load/generate.ts';
import { measureRounds } from './measure/rounds.ts';
import { mesonym } from './servers/mesonym.ts';
import type { RunningServer } from './servers/server.ts';

/** Everything that guards a server on a hostile network, set so that it looks at each query. */
const GUARDED = mesonym('mesonym', {
  queryAcl: ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  rateLimit: 1_000_000,
  rateLimitExempt: ['10.0.0.0/8'],
  cookiesOn: true,
  nsid: 'bench',
});

/** As little as can be configured. */
const BARE = mesonym('mesonym-bare', { cookiesOn: false, versionText: '' });

const WARM_UP_SECONDS = 0.5;
/** One run for each figure of a round: the rounds alternate, so short ones tell the same. */
const PARTS = 3;

/** What guarding costs: the loads of the other benchmarks, with the guards and without. */
export const FEATURES: Benchmark = {
  name: 'features',
  question: 'What do access lists, rate limiting, cookies and EDNS options cost?',
  run: async context => {
    if (!context.programs.dnsblast) {
      return { series: [], notes: ['not measured: there is no C compiler'] };
    }
    return measureRounds(context, {
      kinds: [GUARDED, BARE],
      units: {
        qps: 'queries/s by UDP',
        p50: 'us, one query in flight',
        pipelinedQps: 'queries/s pipelined by TCP',
        connections: 'connections/s',
      },
      measure: server => measure(server, context),
    });
  },
};

async function measure(
  { host, port }: RunningServer,
  { programs, corpus, seconds }: BenchContext,
): Promise<Figures> {
  const program = programs.dnsblast ?? '';
  const run = async (load: Pick<Load, 'mode' | 'window' | 'clients'>) => {
    const whole = { host, port, queryFile: corpus.queryFile, ...load };
    await runDnsblast(program, { ...whole, seconds: Math.min(WARM_UP_SECONDS, seconds) });
    return runDnsblast(program, { ...whole, seconds: seconds / PARTS });
  };
  const flood = await run({ mode: 'udp', window: 200, clients: 4 });
  const single = await run({ mode: 'udp', window: 1, clients: 1 });
  const pipelined = await run({ mode: 'tcp', window: 400, clients: 8 });
  const each = await run({ mode: 'tcp-connect', window: 32, clients: 1 });
  return {
    qps: flood.qps,
    p50: single.p50_us,
    pipelinedQps: pipelined.qps,
    connections: each.qps,
  };
}
