import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Benchmark, Figures } from './benchmark.ts';
import { SERVER_CORE } from './measure/process-group.ts';
import { toSeries } from './measure/rounds.ts';

const run = promisify(execFile);

/** The hot path without sockets, reading a state, and memory in use and under churn. */
export const MICRO: Benchmark = {
  name: 'micro',
  question: 'What does one answer cost without sockets; does it allocate; does churn leave traces?',
  run: async context => {
    const rounds: Figures[] = [];
    for (let round = 0; round < context.rounds; round++) {
      const answers = await script('answers', context.isSmoke ? 20_000 : 10_000_000);
      rounds.push({ ...answers, ...(await script('read-state', context.isSmoke ? 500 : 10_000)) });
    }
    // The same changes in every round would tell the same: once is enough.
    rounds.push(await script('churn', context.isSmoke ? 2_000 : 1_000_000));
    return { series: toSeries(new Map([['mesonym', rounds]]), UNITS), notes: [] };
  },
};

const UNITS = {
  readNs: 'ns a query read',
  addressNs: 'ns an A answer',
  serviceNs: 'ns an SRV answer',
  absentNs: 'ns an NXDOMAIN',
  cookieNs: 'ns an A answer with a cookie',
  bigNs: 'ns an answer out of 500',
  mixedShare: 'x small and big mixed, over apart',
  octetsPerQuery: 'heap octets/query',
  collections: 'collections',
  recordsMs: 'ms to records',
  compileMs: 'ms to answers',
  firstStateMs: 'ms a state of 10,000 tasks',
  changedStateMs: 'ms 5 of them changed',
  changeUs: 'us a change',
  tableGrowth: 'x table by churn',
  heapGrowth: 'x heap by churn',
  memoryGrowth: 'x heap and table by churn',
};

async function script(name: string, count: number): Promise<Figures> {
  const path = fileURLToPath(new URL(`micro/${name}.ts`, import.meta.url));
  const command = [process.execPath, '--expose-gc', path, String(count)];
  const { stdout } = await run('taskset', ['-c', SERVER_CORE, ...command]);
  return JSON.parse(stdout) as Figures;
}
