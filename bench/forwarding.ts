import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { runDnsblast, runDnsperf } from './load/generate.ts';
import { LOAD_CORE } from './measure/process-group.ts';
import { toSeries } from './measure/rounds.ts';
import { dnsmasq, UPSTREAM, UPSTREAM_ZONE, unbound } from './servers/forwarding.ts';
import { mesonym } from './servers/mesonym.ts';
import { type RunningServer, startServer } from './servers/server.ts';

const HOT_NAMES = 1_000;
/** More names than are asked in a run, so that none is asked twice. */
const COLD_NAMES_A_SECOND = 250_000;

/** Queries a second for names outside the zone: from the cache, and each asked upstream. */
export const FORWARDING: Benchmark = {
  name: 'forwarding',
  question: 'How many queries a second are forwarded, from the cache and to one upstream?',
  run: async context => {
    const reason = UPSTREAM.missing(context);
    if (reason || !context.programs.dnsblast || !context.programs.dnsperf) {
      return { series: [], notes: [`not measured: ${reason ?? 'a load generator is missing'}`] };
    }
    const upstream = await startServer(UPSTREAM, context, `ready.${UPSTREAM_ZONE} A`, LOAD_CORE);
    try {
      return await measureAll(context, upstream.port);
    } finally {
      await upstream.stop();
    }
  },
};

async function measureAll(context: BenchContext, upstreamPort: number) {
  const settings = { externalOn: true, resolvers: [`127.0.0.1:${upstreamPort}`] };
  const kinds = [mesonym('mesonym', settings), unbound(upstreamPort), dnsmasq(upstreamPort)];
  const notes = kinds.flatMap(kind => {
    const reason = kind.missing(context);
    return reason ? [`${kind.name} was not measured: ${reason}`] : [];
  });
  const able = kinds.filter(kind => !kind.missing(context));
  const all = new Map<string, Figures[]>();
  const files = writeQueries(context);
  for (let round = 0; round < context.rounds; round++) {
    for (const kind of round % 2 === 0 ? able : [...able].reverse()) {
      const server = await startServer(kind, context, `ready.${UPSTREAM_ZONE} A`);
      try {
        const figures = await measure(server, context, files);
        all.set(kind.name, [...(all.get(kind.name) ?? []), figures]);
      } finally {
        await server.stop();
      }
    }
  }
  const units = { hotQps: 'queries/s from the cache', coldQps: 'queries/s asked upstream' };
  return { series: toSeries(all, units), notes };
}

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

function writeQueries({ folder, seconds }: BenchContext) {
  const hot = join(folder, 'hot.txt');
  const cold = join(folder, 'cold.txt');
  const name = (kind: string, index: number) => `${kind}-${index}.${UPSTREAM_ZONE} A`;
  const lines = (kind: string, count: number) =>
    `${Array.from({ length: count }, (_, index) => name(kind, index)).join('\n')}\n`;
  writeFileSync(hot, lines('hot', HOT_NAMES));
  writeFileSync(cold, lines('cold', COLD_NAMES_A_SECOND * Math.max(1, Math.round(seconds))));
  return { hot, cold };
}
