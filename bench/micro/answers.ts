/**
 * What one answer costs without any socket, and whether it allocates. Prints figures as JSON.
 *
 *     node --expose-gc bench/micro/answers.ts QUERIES
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { type AnsweringZone, answeringZone, queryOctets } from '../../test/fakes/answering-zone.ts';
import { type Corpus, clusterRecords, makeCorpus } from '../corpus.ts';

const LIMIT = 1232;
const WARM_UP = 200_000;

const queries = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'mesonym-micro-'));
const corpus = makeCorpus(folder, false);
rmSync(folder, { recursive: true });

const startedMs = performance.now();
const records = clusterRecords(corpus.cluster);
const recordsMs = performance.now() - startedMs;
const zone = answeringZone(records);
const compileMs = performance.now() - startedMs - recordsMs;

const kinds = {
  addressNs: linesLike(corpus, / A$/, /^svc-\d+\.marathon/),
  serviceNs: linesLike(corpus, / SRV$/, /^_/),
  absentNs: linesLike(corpus, / A$/, /^absent-/),
};
const figures = Object.fromEntries(
  Object.entries(kinds).map(([name, lines]) => [name, nsPerAnswer(zone, lines, queries / 10)]),
);
const { collections, octets } = allocated(zone, corpus.queries, queries);
const allocation = { octetsPerQuery: octets / queries, collections };
process.stdout.write(`${JSON.stringify({ recordsMs, compileMs, ...figures, ...allocation })}\n`);

function linesLike({ queries: lines }: Corpus, type: RegExp, name: RegExp): string[] {
  return lines.filter(line => type.test(line) && name.test(line)).slice(0, 5_000);
}

function encoded(lines: readonly string[]): Uint8Array[] {
  return lines.map(line => {
    const [name, type] = line.split(' ');
    return new Uint8Array(queryOctets(name, type));
  });
}

function nsPerAnswer(answering: AnsweringZone, lines: readonly string[], count: number): number {
  const messages = encoded(lines);
  answerAll(answering, messages, Math.min(WARM_UP, count));
  const beganMs = performance.now();
  answerAll(answering, messages, count);
  return ((performance.now() - beganMs) * 1e6) / count;
}

/** What the heap grew by, and how often it was collected meanwhile: neither, if nothing allocates. */
function allocated(answering: AnsweringZone, lines: readonly string[], count: number) {
  const messages = encoded(lines);
  answerAll(answering, messages, Math.min(WARM_UP, count));
  globalThis.gc?.();
  let seen = 0;
  const observer = new PerformanceObserver(list => {
    seen += list.getEntries().length;
  });
  observer.observe({ entryTypes: ['gc'] });
  const before = process.memoryUsage().heapUsed;
  answerAll(answering, messages, count);
  const grown = process.memoryUsage().heapUsed - before;
  seen += observer.takeRecords().length;
  observer.disconnect();
  return { collections: seen, octets: Math.max(0, grown) };
}

function answerAll(
  { answers }: AnsweringZone,
  messages: readonly Uint8Array[],
  count: number,
): void {
  const response = new Uint8Array(LIMIT);
  for (let index = 0, at = 0; index < count; index++) {
    const query = messages[at];
    if (answers.answerInto(query, 0, query.length, response, 0, LIMIT) <= 0) {
      throw new Error('Cannot measure: a query was left to the slow path');
    }
    at = at + 1 === messages.length ? 0 : at + 1;
  }
}
