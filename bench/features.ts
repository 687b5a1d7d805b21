import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { type Load, runDnsblast } from './load/generate.ts';
import { measureRounds } from './measure/rounds.ts';
import { mesonym } from './servers/mesonym.ts';
import type { RunningServer } from './servers/server.ts';

/** What guards a server unless the config says otherwise: cookies, limits of connections, EDNS options. */
const USUAL = mesonym('mesonym', {});

/** Everything that guards a server on a hostile network, set so that it looks at each query. */
const GUARDED = mesonym('mesonym-guarded', {
  queryAcl: ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  rateLimit: 1_000_000,
  rateLimitExempt: ['10.0.0.0/8'],
  cookiesOn: true,
  nsid: 'bench',
});

/** As little as can be configured. */
const BARE = mesonym('mesonym-bare', { cookiesOn: false, versionText: '' });

const WARM_UP_SECONDS = 0.5;
/** Three loads share the time of a measurement. */
const PARTS = 3;

const LOADS: readonly (readonly [
  metric: string,
  load: Pick<Load, 'mode' | 'window' | 'clients'>,
])[] = [
  ['udpUs', { mode: 'udp', window: 200, clients: 4 }],
  ['pipelinedUs', { mode: 'tcp', window: 400, clients: 8 }],
  ['connectionUs', { mode: 'tcp-connect', window: 32, clients: 1 }],
];

/**
 * What guarding costs: the loads of the other benchmarks, with the usual guards, all, and without. Counted in
 * processor time, for what else the machine does takes from the rate and not from that.
 */
export const FEATURES: Benchmark = {
  name: 'features',
  question: 'What do access lists, rate limiting, cookies and EDNS options cost?',
  run: async context => {
    if (!context.programs.dnsblast) {
      return { series: [], notes: ['not measured: there is no C compiler'] };
    }
    return measureRounds(context, {
      kinds: [USUAL, GUARDED, BARE],
      units: {
        udpUs: 'us CPU/query by UDP',
        pipelinedUs: 'us CPU/query by TCP, pipelined',
        connectionUs: 'us CPU/connection',
      },
      measure: server => measure(server, context),
    });
  },
};

async function measure(
  { host, port, group }: RunningServer,
  { programs, corpus, seconds }: BenchContext,
): Promise<Figures> {
  const program = programs.dnsblast ?? '';
  const figures: Record<string, number> = {};
  for (const [metric, load] of group ? LOADS : []) {
    const whole = { host, port, queryFile: corpus.queryFile, ...load };
    await runDnsblast(program, { ...whole, seconds: Math.min(WARM_UP_SECONDS, seconds) });
    const before = group?.cpuUs() ?? 0;
    const { received } = await runDnsblast(program, { ...whole, seconds: seconds / PARTS });
    figures[metric] = ((group?.cpuUs() ?? 0) - before) / received;
  }
  return figures;
}
