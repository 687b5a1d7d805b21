import type { BenchContext, BenchResult, ExternalPeer, Figures, Series } from '../benchmark.ts';
import { type RunningServer, type ServerKind, startServer } from '../servers/server.ts';
import { checkAnswers } from './check-answers.ts';

export interface RoundsOptions {
  readonly kinds: readonly ServerKind[];
  /** Servers that echo answer nothing, so nothing can be checked. */
  readonly unchecked?: readonly string[];
  /**
   * Given where the servers hold something else than the corpus: what they answer once they are ready.
   * Then no answer is compared with the corpus, and external peers, which hold that, are left out.
   */
  readonly readyQuery?: string;
  readonly units: Readonly<Record<string, string>>;
  readonly measure: (server: RunningServer) => Promise<Figures>;
}

/**
 * Measures every server once a round, each time in a fresh process, forwards in one round and
 * backwards in the next. External peers come last in each round.
 */
export async function measureRounds(
  context: BenchContext,
  { kinds, unchecked = [], readyQuery, units, measure }: RoundsOptions,
): Promise<BenchResult> {
  const peers = readyQuery ? [] : context.peers.map(runningPeer);
  // Before anything is measured, so that a peer with other records costs no time.
  for (const peer of peers) await checked(context, peer);
  const missing = new Map(kinds.map(kind => [kind, kind.missing(context)]));
  const able = kinds.filter(kind => !missing.get(kind));
  const all = new Map<string, Figures[]>();
  for (let round = 0; round < context.rounds; round++) {
    const take = async (server: RunningServer) => {
      const figures = await measure(server);
      all.set(server.name, [...(all.get(server.name) ?? []), figures]);
      context.tell(`  round ${round + 1}: ${server.name} ${brief(figures)}`);
    };
    for (const kind of round % 2 === 0 ? able : able.toReversed()) {
      const server = await startServer(kind, context, readyQuery ?? aQuery(context));
      try {
        if (!readyQuery && !unchecked.includes(kind.name)) await checked(context, server);
        await take(server);
      } finally {
        await server.stop();
      }
    }
    for (const peer of peers) await take(peer);
  }
  return { series: toSeries(all, units), notes: missingNotes(missing) };
}

/** A server somebody else started: it is measured, and left running. */
function runningPeer({ name, host, port }: ExternalPeer): RunningServer {
  return { name, host, port, group: undefined, stop: async () => {} };
}

function missingNotes(missing: ReadonlyMap<ServerKind, string | undefined>): string[] {
  return [...missing].flatMap(([{ name }, reason]) =>
    reason ? [`${name} was not measured: ${reason}`] : [],
  );
}

/** Turns figures by subject into series by subject and metric. */
export function toSeries(
  all: ReadonlyMap<string, readonly Figures[]>,
  units: Readonly<Record<string, string>>,
): Series[] {
  return [...all].flatMap(([subject, rounds]) =>
    Object.keys(units).flatMap(metric => {
      const values = rounds.map(figures => figures[metric]).filter(value => value !== undefined);
      return values.length > 0 ? [{ subject, metric, unit: units[metric], values }] : [];
    }),
  );
}

/** A query of the corpus that has an answer. */
export function aQuery({ corpus }: BenchContext): string {
  const key = corpus.queries.find(line => corpus.answers.has(line.replace(' ', '. ')));
  return key ?? 'leader.mesos A';
}

function checked(context: BenchContext, { host, port }: RunningServer): Promise<void> {
  return checkAnswers(context.corpus, host, port);
}

/** Figures in a line for people. */
export function brief(figures: Figures): string {
  const parts = Object.entries(figures).map(([metric, value]) => `${metric} ${round(value)}`);
  return parts.join(', ');
}

function round(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(2);
}
