import type { CorpusFiles } from './corpus.ts';
import type { Programs } from './load/programs.ts';

/** What every benchmark is given. */
export interface BenchContext {
  /** How long one measurement lasts. */
  readonly seconds: number;
  /** How often each subject is measured, in alternating order and fresh processes. */
  readonly rounds: number;
  /** Only to see that it works: small zones, no figures of worth. */
  readonly isSmoke: boolean;
  /** Servers started by somebody else that hold the same records. */
  readonly peers: readonly ExternalPeer[];
  /** A folder for files of this run. */
  readonly folder: string;
  readonly corpus: CorpusFiles;
  readonly programs: Programs;
  readonly tell: (line: string) => void;
}

export interface ExternalPeer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** One figure of one subject, a value a round; rounds of all subjects stand at the same index. */
export interface Series {
  readonly subject: string;
  readonly metric: string;
  readonly unit: string;
  readonly values: readonly number[];
}

export interface BenchResult {
  readonly series: readonly Series[];
  /** What was left out and why, and what a reader must know. */
  readonly notes: readonly string[];
}

/** A benchmark asks one question. */
export interface Benchmark {
  readonly name: string;
  readonly question: string;
  readonly run: (context: BenchContext) => Promise<BenchResult>;
}

/** The figures one measurement of one subject gives, by metric. */
export type Figures = Readonly<Record<string, number>>;
