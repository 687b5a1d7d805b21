import { lookup } from 'node:dns/promises';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateOctets } from '../src/simulator/index.ts';
import { ALLOCATION } from './allocation.ts';
import { type BenchArguments, readArguments, USAGE } from './arguments.ts';
import type { BenchContext, Benchmark, BenchResult, ExternalPeer } from './benchmark.ts';
import { writeCorpus } from './corpus.ts';
import { EVENT_TO_ANSWER } from './event-to-answer.ts';
import { FEATURES } from './features.ts';
import { FORWARDING } from './forwarding.ts';
import { FORWARDING_LATENCY } from './forwarding-latency.ts';
import { gateFaults } from './gate.ts';
import { GENERATORS } from './generators.ts';
import { judge } from './goals.ts';
import { findPrograms } from './load/programs.ts';
import { MEMORY } from './memory.ts';
import { MICRO } from './micro.ts';
import { RELOAD } from './reload.ts';
import { earlierReport } from './report/earlier-report.ts';
import { describeMachine } from './report/machine.ts';
import { plainReport, type Report } from './report/report.ts';
import { writeResults } from './report/write-results.ts';
import { SECONDARY } from './secondary.ts';
import { buildPackage } from './servers/mesonym.ts';
import { STREAM_SCALE } from './stream-scale.ts';
import { TCP_LATENCY } from './tcp-latency.ts';
import { TCP_THROUGHPUT } from './tcp-throughput.ts';
import { THREAD_LOSS } from './thread-loss.ts';
import { TRANSFER } from './transfer.ts';
import { UDP_LATENCY } from './udp-latency.ts';
import { UDP_THROUGHPUT } from './udp-throughput.ts';

/** Every benchmark of `npm run bench`, in the order in which they run. */
const BENCHMARKS: readonly Benchmark[] = [
  UDP_THROUGHPUT,
  UDP_LATENCY,
  TCP_THROUGHPUT,
  TCP_LATENCY,
  FORWARDING,
  FORWARDING_LATENCY,
  GENERATORS,
  FEATURES,
  MEMORY,
  MICRO,
  ALLOCATION,
  THREAD_LOSS,
  EVENT_TO_ANSWER,
  STREAM_SCALE,
  RELOAD,
  TRANSFER,
  SECONDARY,
];

const tell = (line: string) => void process.stdout.write(`${line}\n`);

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  let args: BenchArguments;
  try {
    args = readArguments(words);
  } catch (error) {
    tell(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (args.isHelp) {
    tell(USAGE);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-bench-'));
  try {
    return await bench(args, folder, words);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bench(
  args: BenchArguments,
  folder: string,
  words: readonly string[],
): Promise<number> {
  if (args.corpusFolder) {
    writePeerFiles(args.corpusFolder);
    return 0;
  }
  const unknown = args.only.filter(name => !BENCHMARKS.some(own => own.name === name));
  if (unknown.length > 0) {
    const known = BENCHMARKS.map(({ name }) => name).join(', ');
    tell(`--only is ${unknown.join(', ')}, expected some of ${known}`);
    return 2;
  }
  const chosen = BENCHMARKS.filter(
    ({ name }) => args.only.length === 0 || args.only.includes(name),
  );
  if (args.reportFolder) return showReport(args, args.reportFolder, chosen);
  buildPackage();
  const { report, hasFailed } = await measure(args, folder, words, chosen);
  tell(`\n${plainReport(report)}`);
  if (args.output) writeResults(report, args.output);
  return hasFailed || !passes(report, args, chosen) ? 1 : 0;
}

/** Measures nothing: shows what lies in a folder, and judges it by the goals as they are now. */
function showReport(args: BenchArguments, folder: string, chosen: readonly Benchmark[]): number {
  const found = earlierReport(folder);
  if (!found) {
    tell(`--report is ${folder}, expected a folder with results.json`);
    return 2;
  }
  const report = { ...found, verdicts: judge(new Map(Object.entries(found.results))) };
  tell(plainReport(report));
  return passes(report, args, chosen) ? 0 : 1;
}

/** Tells why the gate is shut, if there is one. */
function passes(
  { verdicts }: Report,
  { isGate }: BenchArguments,
  chosen: readonly Benchmark[],
): boolean {
  if (!isGate) return true;
  const faults = gateFaults(verdicts, new Set(chosen.map(({ name }) => name)));
  for (const fault of faults) tell(fault);
  return faults.length === 0;
}

async function measure(
  args: BenchArguments,
  folder: string,
  words: readonly string[],
  chosen: readonly Benchmark[],
): Promise<{ readonly report: Report; readonly hasFailed: boolean }> {
  const { seconds, rounds, isSmoke, peers: named, isMerged, output } = args;
  const machine = describeMachine();
  const corpus = writeCorpus(folder, isSmoke);
  const peers = await Promise.all(named.map(byAddress));
  const programs = findPrograms(folder);
  const context = { seconds, rounds, isSmoke, peers, folder, corpus, programs, tell };
  const { results: found, hasFailed } = await runAll(chosen, context);
  const earlier = isMerged && output ? earlierReport(output) : undefined;
  const results = new Map([...Object.entries(earlier?.results ?? {}), ...found]);
  const known = BENCHMARKS.filter(({ name }) => results.has(name));
  const command = ['npm run bench --', ...words].join(' ');
  const report: Report = {
    machine,
    command: earlier ? `${earlier.command} && ${command}` : command,
    date: new Date().toISOString().slice(0, 10),
    rounds,
    seconds,
    questions: Object.fromEntries(known.map(({ name, question }) => [name, question])),
    results: Object.fromEntries(known.map(({ name }) => [name, results.get(name)!])),
    // Figures of a smoke run mean nothing, so nothing is judged by them.
    verdicts: isSmoke ? [] : judge(results),
  };
  return { report, hasFailed };
}

/** Whoever asks a peer asks it at one and the same address. */
async function byAddress(peer: ExternalPeer): Promise<ExternalPeer> {
  return { ...peer, host: (await lookup(peer.host)).address };
}

/** What a peer must hold: the records as a master file and as a master's state, and the queries. */
function writePeerFiles(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const { cluster, zoneFile, queryFile } = writeCorpus(folder, false);
  const stateFile = join(folder, 'state.json');
  writeFileSync(stateFile, Buffer.concat([...stateOctets(cluster, 'master@127.0.0.1:5050')]));
  tell(`wrote ${[zoneFile, stateFile, queryFile].join(', ')}`);
}

/** One that fails is told and leaves the others to run. */
async function runAll(chosen: readonly Benchmark[], context: BenchContext) {
  const results = new Map<string, BenchResult>();
  let hasFailed = false;
  for (const { name, question, run } of chosen) {
    tell(`${name}: ${question}`);
    try {
      results.set(name, await run(context));
    } catch (error) {
      hasFailed = true;
      tell(`  failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { results, hasFailed };
}
