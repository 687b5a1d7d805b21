import type { BenchContext, Benchmark, BenchResult, Figures } from './benchmark.ts';
import { type Load, runDnsblast, runDnsperf } from './load/generate.ts';
import { measureRounds } from './measure/rounds.ts';
import { median } from './measure/statistics.ts';
import { KNOTD } from './servers/authoritative.ts';
import { RESPONDER } from './servers/limits.ts';
import { MESONYM } from './servers/mesonym.ts';
import type { RunningServer } from './servers/server.ts';

/** Queries a second that both generators can send and every server here can answer. */
const COMMON_RATE = 100_000;

/** Our generator beside the one everybody knows, which tells no percentiles and sends less. */
export const GENERATORS: Benchmark = {
  name: 'generators',
  question: 'Do our generator and dnsperf count the same of the same server?',
  run: async context => {
    if (!context.programs.dnsblast || !context.programs.dnsperf) {
      return { series: [], notes: ['not measured: one of the generators is missing'] };
    }
    const result = await measureRounds(context, {
      // dnsperf runs for whole seconds.
      kinds: context.isSmoke ? [KNOTD] : [MESONYM, KNOTD, RESPONDER],
      units: {
        qps: 'queries/s at a common rate, ours',
        dnsperfQps: 'by dnsperf',
        octets: 'octets/response, ours',
        dnsperfOctets: 'by dnsperf',
        absent: '% NXDOMAIN, ours',
        dnsperfAbsent: 'by dnsperf',
        mostQps: 'queries/s at most, ours',
        mostDnsperfQps: 'by dnsperf',
      },
      measure: server => measure(server, context),
    });
    return { ...result, notes: [...result.notes, limitsNote(result)] };
  },
};

async function measure(
  { host, port }: RunningServer,
  { programs, corpus, seconds }: BenchContext,
): Promise<Figures> {
  const { dnsblast = '', dnsperf = '' } = programs;
  const { queryFile } = corpus;
  const load: Load = { host, port, queryFile, seconds, window: 200, clients: 4 };
  const rated = { ...load, rate: COMMON_RATE };
  const ours = await runDnsblast(dnsblast, rated);
  const theirs = await runDnsperf(dnsperf, rated);
  return {
    qps: ours.qps,
    dnsperfQps: theirs.qps,
    octets: ours.octets / ours.received,
    dnsperfOctets: theirs.octets,
    absent: (100 * ours.nxdomain) / ours.received,
    dnsperfAbsent: theirs.nxdomainPercent,
    mostQps: (await runDnsblast(dnsblast, load)).qps,
    mostDnsperfQps: (await runDnsperf(dnsperf, load)).qps,
  };
}

/** Where dnsperf's figures are the server's, and from where on its own. */
function limitsNote({ series }: BenchResult): string {
  const most = series.filter(({ metric }) => metric === 'mostDnsperfQps');
  const limit = Math.max(...most.map(({ values }) => median(values)));
  const thousands = Math.round(limit / 1_000);
  return (
    `dnsperf sends about ${thousands}k queries a second at most on this machine, whoever answers: only ` +
    `below can it be compared, and so both are at ${COMMON_RATE / 1_000}k, which either reaches`
  );
}
