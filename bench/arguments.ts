import { parseArgs } from 'node:util';
import type { ExternalPeer } from './benchmark.ts';

export interface BenchArguments {
  readonly isHelp: boolean;
  readonly only: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly isSmoke: boolean;
  readonly isGate: boolean;
  readonly peers: readonly ExternalPeer[];
  readonly output: string | undefined;
  /** What an earlier run left in `output` stands, but for what is measured again. */
  readonly isMerged: boolean;
  /** Where to write what a peer must hold; then nothing is measured. */
  readonly corpusFolder: string | undefined;
  /** What an earlier run left there is shown and judged; nothing is measured. */
  readonly reportFolder: string | undefined;
}

export const USAGE = `usage: npm run bench -- [OPTIONS]

  --only NAME,NAME         these benchmarks alone
  --rounds N               how often each server is measured (3)
  --seconds N              how long one measurement lasts (5)
  --peer NAME=HOST:PORT    another server that holds the same records; may be repeated
  --write-corpus FOLDER    write the zone, the state and the queries that a peer must hold, and end
  --output FOLDER          where results go (bench/results; nowhere with --only or --smoke)
  --merge                  keep what an earlier run left in the output folder, but for what is
                           measured again: a long run in pieces (--only NAME --output FOLDER --merge)
  --report FOLDER          show what an earlier run left there, and measure nothing
  --gate                   fail when a goal is missed by more than a tenth, or was not measured
  --smoke                  all of it in little time: only to see that it works
  --help                   this text
`;

/** Reads the command line. @throws {TypeError} When it cannot be read. */
export function readArguments(words: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      peer: { type: 'string', multiple: true },
      output: { type: 'string' },
      'write-corpus': { type: 'string' },
      report: { type: 'string' },
      merge: { type: 'boolean' },
      gate: { type: 'boolean' },
      smoke: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const isSmoke = values.smoke ?? false;
  const isGate = values.gate ?? false;
  if (isSmoke && isGate)
    throw new TypeError('--gate judges figures; those of --smoke mean nothing');
  return {
    isHelp: values.help ?? false,
    only: values.only?.split(',') ?? [],
    rounds: Math.ceil(positive('rounds', values.rounds ?? (isSmoke ? '1' : '3'))),
    seconds: positive('seconds', values.seconds ?? (isSmoke ? '0.2' : '5')),
    isSmoke,
    isGate,
    peers: (values.peer ?? []).map(readPeer),
    corpusFolder: values['write-corpus'],
    reportFolder: values.report,
    isMerged: values.merge ?? false,
    output: values.output ?? (isSmoke || values.only ? undefined : 'bench/results'),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`--${name} is ${text}, expected a number above 0`);
  return value;
}

function readPeer(text: string): ExternalPeer {
  const [, name, host, port] = /^([^=]+)=\[?(.+?)\]?:(\d+)$/.exec(text) ?? [];
  if (!name) throw new TypeError(`--peer is ${text}, expected NAME=HOST:PORT`);
  return { name, host, port: Number(port) };
}
