import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { type Load, runDnsblast } from './load/generate.ts';
import { checkAnswers } from './measure/check-answers.ts';
import { aQuery, brief, toSeries } from './measure/rounds.ts';
import { mesonym } from './servers/mesonym.ts';
import { type RunningServer, type ServerKind, startServer } from './servers/server.ts';

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

const KINDS = [USUAL, GUARDED, BARE];
const WARM_UP_SECONDS = 0.5;
/** A server's turn under one load: short, so that all see the same moods of the machine. */
const TURNS = 6;

type LoadShape = Pick<Load, 'mode' | 'window' | 'clients'>;

const LOADS: readonly (readonly [metric: string, load: LoadShape])[] = [
  ['udpUs', { mode: 'udp', window: 200, clients: 4 }],
  ['pipelinedUs', { mode: 'tcp', window: 400, clients: 8 }],
  ['connectionUs', { mode: 'tcp-connect', window: 32, clients: 1 }],
];

const UNITS = {
  udpUs: 'us CPU/query by UDP',
  pipelinedUs: 'us CPU/query by TCP, pipelined',
  connectionUs: 'us CPU/connection',
};

/**
 * What guarding costs: the loads of the other benchmarks, with the usual guards, all, and without.
 * The three run at once and take short turns, in fresh processes each round. Counted in processor
 * time, for what else the machine does takes from the rate and not from that.
 */
export const FEATURES: Benchmark = {
  name: 'features',
  question: 'What do access lists, rate limiting, cookies and EDNS options cost?',
  run: async context => {
    if (!context.programs.dnsblast) {
      return { series: [], notes: ['not measured: there is no C compiler'] };
    }
    const all = new Map<string, Figures[]>();
    for (let round = 0; round < context.rounds; round++) {
      const servers = await startAll(round % 2 === 0 ? KINDS : KINDS.toReversed(), context);
      try {
        for (const [name, figures] of await measure(servers, context)) {
          all.set(name, [...(all.get(name) ?? []), figures]);
          context.tell(`  round ${round + 1}: ${name} ${brief(figures)}`);
        }
      } finally {
        for (const server of servers) await server.stop();
      }
    }
    return { series: toSeries(all, UNITS), notes: [] };
  },
};

async function startAll(
  kinds: readonly ServerKind[],
  context: BenchContext,
): Promise<readonly RunningServer[]> {
  const servers: RunningServer[] = [];
  for (const kind of kinds) {
    const server = await startServer(kind, context, aQuery(context));
    servers.push(server);
    await checkAnswers(context.corpus, server.host, server.port);
  }
  return servers;
}

async function measure(
  servers: readonly RunningServer[],
  context: BenchContext,
): Promise<ReadonlyMap<string, Figures>> {
  const figures = new Map<string, Figures>(servers.map(({ name }) => [name, {}]));
  for (const [metric, load] of LOADS) {
    for (const server of servers) {
      await blast(server, load, Math.min(WARM_UP_SECONDS, context.seconds), context);
    }
    const used = await takeTurns(servers, load, context);
    for (const [name, { cpuUs, received }] of used) {
      figures.set(name, { ...figures.get(name), [metric]: cpuUs / received });
    }
  }
  return figures;
}

interface Used {
  readonly cpuUs: number;
  readonly received: number;
}

/** What each server used under a load, all its turns together; each turn another begins. */
async function takeTurns(
  servers: readonly RunningServer[],
  load: LoadShape,
  context: BenchContext,
): Promise<ReadonlyMap<string, Used>> {
  const used = new Map<string, Used>(servers.map(({ name }) => [name, NOTHING]));
  for (let turn = 0; turn < TURNS * servers.length; turn++) {
    const begins = Math.floor(turn / servers.length);
    const server = servers[(turn + begins) % servers.length];
    const { cpuUs, received } = used.get(server.name) ?? NOTHING;
    const more = await blast(server, load, context.seconds / LOADS.length / TURNS, context);
    used.set(server.name, { cpuUs: cpuUs + more.cpuUs, received: received + more.received });
  }
  return used;
}

const NOTHING: Used = { cpuUs: 0, received: 0 };

async function blast(
  { host, port, group }: RunningServer,
  load: LoadShape,
  seconds: number,
  { programs, corpus }: BenchContext,
): Promise<Used> {
  const whole = { host, port, queryFile: corpus.queryFile, ...load, seconds };
  const before = group?.cpuUs() ?? 0;
  const { received } = await runDnsblast(programs.dnsblast ?? '', whole);
  return { cpuUs: (group?.cpuUs() ?? 0) - before, received };
}
