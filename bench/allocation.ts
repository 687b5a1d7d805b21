import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { type Load, runDnsblast } from './load/generate.ts';
import type { ProcessGroup } from './measure/process-group.ts';
import { measureRounds } from './measure/rounds.ts';
import { MESONYM } from './servers/mesonym.ts';
import type { RunningServer, ServerKind } from './servers/server.ts';

/** In all rounds together. */
const QUERIES = 10_000_000;
const WARM_UP_SECONDS = 1.5;
const COUNT_LIMIT_MS = 10_000;
const COUNTER = new URL('measure/heap-counter.ts', import.meta.url).href;

/** The product, whose threads count what they allocate. */
const COUNTED: ServerKind = {
  ...MESONYM,
  prepare: async place => {
    const prepared = await MESONYM.prepare(place);
    const counting = ['env', `NODE_OPTIONS=--import=${COUNTER}`];
    return { ...prepared, command: [...counting, ...prepared.command] };
  },
};

/** Heap counters of the thread that answers, at saturation; beside `micro`, which has no sockets. */
export const ALLOCATION: Benchmark = {
  name: 'allocation',
  question:
    'How much heap is allocated a query at saturation, by the real server with its sockets?',
  run: async context => {
    if (!context.programs.dnsblast) {
      return { series: [], notes: ['not measured: there is no C compiler'] };
    }
    return measureRounds(context, {
      kinds: [COUNTED],
      units: {
        octetsPerQuery: 'heap octets/query',
        collections: 'collections a million queries',
        millions: 'million queries',
      },
      measure: server => measure(server, context),
    });
  },
};

async function measure(
  { host, port, group }: RunningServer,
  { programs, corpus, seconds, rounds, isSmoke }: BenchContext,
): Promise<Figures> {
  if (!group) return {};
  const program = programs.dnsblast ?? '';
  const { queryFile } = corpus;
  const load: Load = { host, port, queryFile, seconds, window: 200, clients: 4 };
  await runDnsblast(program, { ...load, seconds: Math.min(WARM_UP_SECONDS, seconds) });
  const before = await allocated(group);
  let queries = 0;
  const wanted = isSmoke ? 1 : QUERIES / rounds;
  while (queries < wanted) queries += (await runDnsblast(program, load)).received;
  const after = await allocated(group);
  const millions = queries / 1e6;
  const collections = (after.collections - before.collections) / millions;
  return { octetsPerQuery: (after.octets - before.octets) / queries, collections, millions };
}

interface Allocated {
  readonly octets: number;
  readonly collections: number;
}

/** Asks the thread that answers what it has allocated so far. */
async function allocated(group: ProcessGroup): Promise<Allocated> {
  const before = counts(group).length;
  process.kill(group.pid, 'SIGWINCH');
  const endMs = performance.now() + COUNT_LIMIT_MS;
  while (performance.now() < endMs) {
    const last = counts(group).at(before);
    if (last) return JSON.parse(last) as Allocated;
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  throw new Error(`Cannot count what is allocated; the server wrote: ${group.output()}`);
}

/** The lines that the counter has written so far. */
function counts(group: ProcessGroup): string[] {
  return group.output().match(/^\{"octets".*\}$/gm) ?? [];
}
