/**
 * What one answer costs without any socket, and whether it allocates. Times are those of the
 * processor, so that a busy machine disturbs little. Prints figures as JSON.
 *
 *     node --expose-gc bench/micro/answers.ts QUERIES
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { foldName, HEADER_OCTETS, QueryView, SCAN, scanQuery } from '../../src/dns/index.ts';
import {
  type AnsweringZone,
  type Asked,
  answeringZone,
  queryOctets,
  SETTINGS,
} from '../../test/fakes/answering-zone.ts';
import { type Corpus, clusterRecords, makeCorpus } from '../corpus.ts';
import { BIG_ADDRESSES, BIG_SERVICE, bigServiceRecords } from './big-service.ts';

const WARM_UP = 200_000;
const COOKIE = { code: 10, data: Buffer.from('0102030405060708', 'hex') };
/** One query in so many is for the big service, where small and big ones are mixed. */
const MIXED = 8;

const queries = Number(process.argv[2]);
const corpus = makeCorpus(false);
const startedMs = performance.now();
const records = clusterRecords(corpus.cluster);
const recordsMs = performance.now() - startedMs;
const zone = answeringZone([...records, ...bigServiceRecords()], {
  cookieSecret: new Uint8Array(16).fill(7),
});
const compileMs = performance.now() - startedMs - recordsMs;

const small = encoded(linesLike(corpus, /^svc-\d+\.marathon.* A$/));
const big = encoded([BIG_ADDRESSES, BIG_SERVICE], { edns: 1232 });
const kinds = {
  addressNs: small,
  serviceNs: encoded(linesLike(corpus, /^_.* SRV$/)),
  absentNs: encoded(linesLike(corpus, /^absent-/)),
  cookieNs: encoded(linesLike(corpus, /^svc-\d+\.marathon.* A$/), {
    edns: 1232,
    options: [COOKIE],
  }),
  bigNs: big,
  mixedNs: small.map((message, index) =>
    index % MIXED === 0 ? big[(index / MIXED) % 2] : message,
  ),
};
const times = Object.fromEntries(
  Object.entries(kinds).map(([name, messages]) => [name, nsPerAnswer(zone, messages)]),
);
const { addressNs, bigNs, mixedNs, ...others } = times;
const apart = (addressNs * (MIXED - 1) + bigNs) / MIXED;
const figures = {
  recordsMs,
  compileMs,
  readNs: nsPerRead(encoded(corpus.queries)),
  addressNs,
  ...others,
  bigNs,
  mixedShare: mixedNs / apart,
  ...allocated(zone, encoded(corpus.queries), queries),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

function linesLike({ queries: lines }: Corpus, pattern: RegExp): string[] {
  return lines.filter(line => pattern.test(line)).slice(0, 5_000);
}

function encoded(lines: readonly string[], asked: Asked = {}): Uint8Array[] {
  return lines.map(line => {
    const [name, type] = line.split(' ');
    return new Uint8Array(queryOctets(name, type, asked));
  });
}

function nsPerAnswer(answering: AnsweringZone, messages: readonly Uint8Array[]): number {
  const count = queries / 10;
  answerAll(answering, messages, Math.min(WARM_UP, count));
  const began = process.cpuUsage();
  answerAll(answering, messages, count);
  return nsSince(began, count);
}

/** Reading a query and folding its name, as an answer begins. */
function nsPerRead(messages: readonly Uint8Array[]): number {
  const count = queries / 10;
  const view = new QueryView();
  let sum = 0;
  const read = (times: number) => {
    for (let index = 0, at = 0; index < times; index++) {
      const message = messages[at];
      if (scanQuery(view, message, 0, message.length) !== SCAN.QUERY)
        throw new Error('Not a query');
      sum ^= foldName(view.key, message, HEADER_OCTETS, view.nameLength, sum);
      at = at + 1 === messages.length ? 0 : at + 1;
    }
  };
  read(Math.min(WARM_UP, count));
  const began = process.cpuUsage();
  read(count);
  return nsSince(began, count);
}

function nsSince(began: NodeJS.CpuUsage, count: number): number {
  const { user, system } = process.cpuUsage(began);
  return ((user + system) * 1e3) / count;
}

/** What the heap grew by, and how often it was collected meanwhile: neither, if nothing allocates. */
function allocated(answering: AnsweringZone, messages: readonly Uint8Array[], count: number) {
  answerAll(answering, messages, Math.min(WARM_UP, count));
  globalThis.gc?.();
  let collections = 0;
  const observer = new PerformanceObserver(list => {
    collections += list.getEntries().length;
  });
  observer.observe({ entryTypes: ['gc'] });
  const before = process.memoryUsage().heapUsed;
  answerAll(answering, messages, count);
  const grown = process.memoryUsage().heapUsed - before;
  collections += observer.takeRecords().length;
  observer.disconnect();
  return { octetsPerQuery: Math.max(0, grown) / count, collections };
}

function answerAll(
  { answers }: AnsweringZone,
  messages: readonly Uint8Array[],
  count: number,
): void {
  const limit = SETTINGS.udpPayloadMax;
  const response = new Uint8Array(limit);
  for (let index = 0, at = 0; index < count; index++) {
    const query = messages[at];
    if (answers.answerInto(query, 0, query.length, response, 0, limit) <= 0) {
      throw new Error('Cannot measure: a query was left to the slow path');
    }
    at = at + 1 === messages.length ? 0 : at + 1;
  }
}
