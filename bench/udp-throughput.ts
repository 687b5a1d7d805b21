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
      units: {
        qps: 'queries/s',
        cpuUs: 'us CPU/query',
        octets: 'octets/response',
        dnsperfQps: 'queries/s by dnsperf',
      },
      measure: server => measure(server, context),
    }),
};

async function measure(server: RunningServer, context: BenchContext): Promise<Figures> {
  const { programs, corpus, seconds, isSmoke } = context;
  const { host, port, group } = server;
  const load: Load = {
    host,
    port,
    queryFile: corpus.queryFile,
    seconds,
    window: WINDOW,
    clients: 4,
  };
  const figures: { qps?: number; cpuUs?: number; octets?: number; dnsperfQps?: number } = {};
  if (programs.dnsblast) {
    await runDnsblast(programs.dnsblast, { ...load, seconds: Math.min(WARM_UP_SECONDS, seconds) });
    const before = group?.cpuUs();
    const { qps, received, octets } = await runDnsblast(programs.dnsblast, load);
    figures.qps = qps;
    figures.octets = octets / received;
    if (group && before !== undefined) figures.cpuUs = (group.cpuUs() - before) / received;
  }
  // The generator everybody knows, as a check on ours; it tops out near 440k queries a second.
  if (programs.dnsperf && !(isSmoke && server.name !== 'knotd')) {
    const { qps } = await runDnsperf(programs.dnsperf, { ...load, seconds: Math.min(2, seconds) });
    figures.dnsperfQps = qps;
    figures.qps ??= qps;
  }
  return figures;
}
