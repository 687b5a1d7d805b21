import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { type Load, runDnsblast } from './load/generate.ts';
import { freePort } from './measure/free-port.ts';
import type { ProcessGroup } from './measure/process-group.ts';
import { measureRounds } from './measure/rounds.ts';
import { mesonym } from './servers/mesonym.ts';
import type { RunningServer, ServerKind } from './servers/server.ts';

/** In all rounds together. */
const QUERIES = 10_000_000;
/** Queries outstanding: the more, the more of them wait whenever the server wakes up. */
const WINDOWS = { few: 40, many: 400 } as const;
const WARM_UP_SECONDS = 1.5;
const COUNT_LIMIT_MS = 10_000;
const COUNTER = new URL('measure/heap-counter.ts', import.meta.url).href;

/** Heap counters of the thread that answers, at saturation; beside `micro`, which has no sockets. */
export const ALLOCATION: Benchmark = {
  name: 'allocation',
  question: 'How much heap does the real server allocate at saturation, with its sockets?',
  run: async context => {
    if (!context.programs.dnsblast) {
      return { series: [], notes: ['not measured: there is no C compiler'] };
    }
    const httpPort = await freePort();
    return measureRounds(context, {
      kinds: [counted(httpPort)],
      units: {
        octetsPerQuery: 'heap octets/query',
        octetsInBatch: 'heap octets/query but for waking up',
        octetsPerWake: 'heap octets/waking up',
        millions: 'million queries',
      },
      measure: server => measure(server, httpPort, context),
    });
  },
};

/** The product, whose threads count what they allocate. */
function counted(httpPort: number): ServerKind {
  const kind = mesonym('mesonym', { httpPort });
  return {
    ...kind,
    prepare: async place => {
      const prepared = await kind.prepare(place);
      const counting = ['env', `NODE_OPTIONS=--import=${COUNTER}`];
      return { ...prepared, command: [...counting, ...prepared.command] };
    },
  };
}

/**
 * Node makes objects whenever it wakes us up, whether one query waits or a hundred. Two loads that
 * differ in that tell what a waking costs, and what is left for a query.
 */
async function measure(
  server: RunningServer,
  httpPort: number,
  context: BenchContext,
): Promise<Figures> {
  // Of a server that somebody else started nobody can tell.
  if (!server.group) return {};
  const asked = { ...server, group: server.group, httpPort };
  const few = await spent(asked, WINDOWS.few, context);
  const many = await spent(asked, WINDOWS.many, context);
  const area = few.queries * many.wakes - many.queries * few.wakes;
  return {
    octetsPerQuery: many.octets / many.queries,
    octetsInBatch: Math.max(0, (few.octets * many.wakes - many.octets * few.wakes) / area),
    octetsPerWake: (few.queries * many.octets - many.queries * few.octets) / area,
    millions: (few.queries + many.queries) / 1e6,
  };
}

/** What a load has cost. */
interface Spent {
  readonly queries: number;
  readonly wakes: number;
  readonly octets: number;
}

interface CountedServer extends RunningServer {
  readonly group: ProcessGroup;
  readonly httpPort: number;
}

async function spent(
  { host, port, group, httpPort }: CountedServer,
  window: number,
  { programs, corpus, seconds, rounds, isSmoke }: BenchContext,
): Promise<Spent> {
  const program = programs.dnsblast ?? '';
  const load: Load = { host, port, queryFile: corpus.queryFile, seconds, window, clients: 4 };
  await runDnsblast(program, { ...load, seconds: Math.min(WARM_UP_SECONDS, seconds) });
  const batchedBefore = await batchedQueries(httpPort);
  const octetsBefore = await allocatedOctets(group);
  let queries = 0;
  const wanted = isSmoke ? 1 : QUERIES / rounds / 2;
  while (queries < wanted) queries += (await runDnsblast(program, load)).received;
  const octets = (await allocatedOctets(group)) - octetsBefore;
  const batched = (await batchedQueries(httpPort)) - batchedBefore;
  // Of the queries that wait, `dgram` reads the first when it wakes up.
  return { queries, octets, wakes: queries - batched };
}

/** The queries that were read by the batch, from the server's own metrics. */
async function batchedQueries(httpPort: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
  return Number(/^mesonym_dns_udp_batched_queries_total (\d+)/m.exec(metrics)?.[1] ?? Number.NaN);
}

/** Asks the thread that answers what it has allocated so far. */
async function allocatedOctets(group: ProcessGroup): Promise<number> {
  const before = counts(group).length;
  process.kill(group.pid, 'SIGWINCH');
  const endMs = performance.now() + COUNT_LIMIT_MS;
  while (performance.now() < endMs) {
    const line = counts(group).at(before);
    if (line) return (JSON.parse(line) as { readonly octets: number }).octets;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  throw new Error(`Cannot count what is allocated; the server wrote: ${group.output()}`);
}

/** The lines that the counter has written so far. */
function counts(group: ProcessGroup): string[] {
  return group.output().match(/^\{"octets".*\}$/gm) ?? [];
}
