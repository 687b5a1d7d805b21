import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { type Load, runDnsblast, runDnsperf } from './load/generate.ts';
import { measureRounds } from './measure/rounds.ts';
import { KNOTD, NAMED, NSD } from './servers/authoritative.ts';
import { DGRAM_ECHO, RESPONDER } from './servers/limits.ts';
import { MESONYM, MESONYM_PORTABLE } from './servers/mesonym.ts';
import type { RunningServer } from './servers/server.ts';

const WINDOW = 200;
/** Until the compiler of a server that has one is done. */
const WARM_UP_SECONDS = 1.5;

/** Queries a second over UDP, and what each costs of the processor. */
export const UDP_THROUGHPUT: Benchmark = {
  name: 'udp-throughput',
  question: 'How many queries a second does one core answer by UDP, and at what cost each?',
  run: context =>
    measureRounds(context, {
      kinds: [MESONYM, MESONYM_PORTABLE, NSD, KNOTD, NAMED, RESPONDER, DGRAM_ECHO],
      unchecked: ['dgram-echo'],
      units: { qps: 'queries/s', cpuUs: 'us CPU/query', octets: 'octets/response' },
      measure: server => measure(server, context),
    }),
};

async function measure(server: RunningServer, context: BenchContext): Promise<Figures> {
  const { programs, corpus, seconds } = context;
  const { host, port, group } = server;
  const { queryFile } = corpus;
  const load: Load = { host, port, queryFile, seconds, window: WINDOW, clients: 4 };
  // Without a compiler by the generator everybody knows, which tops out sooner (see `generators`).
  if (!programs.dnsblast) {
    return programs.dnsperf ? { qps: (await runDnsperf(programs.dnsperf, load)).qps } : {};
  }
  await runDnsblast(programs.dnsblast, { ...load, seconds: Math.min(WARM_UP_SECONDS, seconds) });
  const before = group?.cpuUs();
  const { qps, received, octets } = await runDnsblast(programs.dnsblast, load);
  const figures = { qps, octets: octets / received };
  if (!group || before === undefined) return figures;
  return { ...figures, cpuUs: (group.cpuUs() - before) / received };
}
