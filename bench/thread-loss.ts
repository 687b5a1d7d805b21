import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type StartedThreads, startAnswerThreads } from '../test/fakes/answer-threads.ts';
import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { runDnsblast } from './load/generate.ts';
import { toSeries } from './measure/rounds.ts';

const QUERIES_A_SECOND = 10_000;
const KILLS = 10;
const BETWEEN_KILLS_MS = 1_000;
const QUERY = 'web.mesos A\n';

/** What becomes of queries when the threads that answer them die. */
export const THREAD_LOSS: Benchmark = {
  name: 'thread-loss',
  question: 'Ten threads are killed under 10,000 queries a second: how many queries are lost?',
  run: async context => {
    if (!context.programs.dnsblast) {
      return { series: [], notes: ['not measured: there is no C compiler'] };
    }
    const rounds: Figures[] = [];
    for (let round = 0; round < context.rounds; round++) {
      rounds.push(await measure(context, context.programs.dnsblast));
    }
    return { series: toSeries(new Map([['mesonym', rounds]]), UNITS), notes: [] };
  },
};

const UNITS = { lostPercent: '% lost', p50Us: 'us p50', maxMs: 'ms max' };

async function measure({ folder, isSmoke }: BenchContext, program: string): Promise<Figures> {
  const queryFile = join(folder, 'one-query.txt');
  writeFileSync(queryFile, QUERY);
  const running = await startAnswerThreads(1);
  await running.threads.settled();
  const kills = isSmoke ? 1 : KILLS;
  const seconds = (kills + 1) * (BETWEEN_KILLS_MS / 1_000);
  const load = { host: '127.0.0.1', port: running.port, queryFile, seconds, clients: 8 };
  const loaded = runDnsblast(program, { ...load, window: 8, rate: QUERIES_A_SECOND });
  try {
    await killOneByOne(running, kills);
    const { sent, lost, p50_us: p50Us, max_us: maxUs } = await loaded;
    return { lostPercent: (lost / sent) * 100, p50Us, maxMs: maxUs / 1_000 };
  } finally {
    await running.close();
  }
}

async function killOneByOne({ threads }: StartedThreads, kills: number): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    await new Promise(resolve => setTimeout(resolve, BETWEEN_KILLS_MS));
    await threads.kill(0);
  }
}
