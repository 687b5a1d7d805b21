import type { BenchContext, BenchResult, Figures, Series } from '../benchmark.ts';
import { type RunningServer, type ServerKind, startServer } from '../servers/server.ts';
import { checkAnswers } from './check-answers.ts';

export interface RoundsOptions {
  readonly kinds: readonly ServerKind[];
  /** Servers that echo answer nothing, so nothing can be checked. */
  readonly unchecked?: readonly string[];
  readonly units: Readonly<Record<string, string>>;
  readonly measure: (server: RunningServer) => Promise<Figures>;
}

/**
 * Measures every server once a round, each time in a fresh process, forwards in one round and
 * backwards in the next. External peers come last in each round.
 */
export async function measureRounds(
  context: BenchContext,
  { kinds, unchecked = [], units, measure }: RoundsOptions,
): Promise<BenchResult> {
  const notes: string[] = [];
  const able = kinds.filter(kind => {
    const reason = kind.missing(context);
    if (reason) notes.push(`${kind.name} was not measured: ${reason}`);
    return !reason;
  });
  const all = new Map<string, Figures[]>();
  for (let round = 0; round < context.rounds; round++) {
    for (const kind of round % 2 === 0 ? able : [...able].reverse()) {
      const server = await startServer(kind, context, aQuery(context));
      try {
        if (!unchecked.includes(kind.name)) await checked(context, server);
        note(all, server.name, await measure(server));
        context.tell(
          `  round ${round + 1}: ${server.name} ${brief(all.get(server.name)!.at(-1)!)}`,
        );
      } finally {
        await server.stop();
      }
    }
    for (const { name, host, port } of context.peers) {
      const server = { name, host, port, group: undefined, stop: async () => {} };
      await checked(context, server);
      note(all, name, await measure(server));
    }
  }
  return { series: toSeries(all, units), notes };
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
function aQuery({ corpus }: BenchContext): string {
  const key = corpus.queries.find(line => corpus.answers.has(line.replace(' ', '. ')));
  return key ?? 'leader.mesos A';
}

function checked(context: BenchContext, { host, port }: RunningServer): Promise<void> {
  return checkAnswers(context.corpus, host, port);
}

function note(all: Map<string, Figures[]>, subject: string, figures: Figures): void {
  all.set(subject, [...(all.get(subject) ?? []), figures]);
}

function brief(figures: Figures): string {
  const parts = Object.entries(figures).map(([metric, value]) => `${metric} ${round(value)}`);
  return parts.join(', ');
}

function round(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(2);
}
