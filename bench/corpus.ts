import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ipAddress, knownName, type ResourceRecord, recordValue } from '../src/dns/index.ts';
import { StateReader } from '../src/mesos/index.ts';
import { namingRules, recordBook } from '../src/records/index.ts';
import { type Random, seededRandom } from '../src/runtime/index.ts';
import {
  type GeneratedCluster,
  type GeneratedShape,
  generateCluster,
  stateOctets,
} from '../src/simulator/index.ts';

export const ORIGIN = 'mesos.';
export const TTL_SECONDS = 60;
/** The zone that most figures are about: 2,000 services with 4,431 tasks. */
export const USUAL_SHAPE: GeneratedShape = { services: 2_000, tasks: 4_431, agents: 100 };
const SMOKE_SHAPE: GeneratedShape = { services: 50, tasks: 120, agents: 10 };
const SEED = 20_261_122;

/** A line of a query file: `web.marathon.mesos A`. */
export type QueryLine = string;

/** The records every server holds, and the queries all are asked. */
export interface Corpus {
  readonly cluster: GeneratedCluster;
  /** By owner and type, as in `web.marathon.mesos. A`: the values. */
  readonly answers: ReadonlyMap<string, readonly string[]>;
  readonly queries: readonly QueryLine[];
}

/** The same in files, for other programs. */
export interface CorpusFiles extends Corpus {
  /** A master file with all records. */
  readonly zoneFile: string;
  /** One query a line, in the order in which they are sent. */
  readonly queryFile: string;
}

/** Makes the records and queries, the same for every run, and writes their files into `folder`. */
export function writeCorpus(folder: string, isSmoke: boolean): CorpusFiles {
  const corpus = makeCorpus(isSmoke);
  const zoneFile = join(folder, 'mesos.zone');
  writeFileSync(zoneFile, zoneText(corpus.answers));
  const queryFile = join(folder, 'queries.txt');
  writeFileSync(queryFile, `${corpus.queries.join('\n')}\n`);
  return { ...corpus, zoneFile, queryFile };
}

/** The records and queries; few of them when `isSmoke`. */
export function makeCorpus(isSmoke: boolean): Corpus {
  const random = seededRandom(SEED);
  const cluster = generateCluster(isSmoke ? SMOKE_SHAPE : USUAL_SHAPE, random);
  const answers = new Map<string, string[]>();
  for (const record of clusterRecords(cluster)) {
    const key = `${record.owner} ${record.type}`;
    answers.set(key, [...(answers.get(key) ?? []), recordValue(record)]);
  }
  const queries = queryMix(answers, isSmoke ? 2_000 : 50_000, random);
  return { cluster, answers, queries };
}

/** The records the product makes of a state, without its server. */
export function clusterRecords(cluster: GeneratedCluster): ResourceRecord[] {
  const body = new StateReader().begin();
  for (const octets of stateOctets(cluster, 'master@127.0.0.1:5050')) body.write(octets);
  const rules = namingRules({
    domain: knownName(ORIGIN),
    ipSources: ['netinfo', 'mesos', 'host'],
    enforceRfc952: false,
    srvWeight: 1,
    nameServer: knownName(`ns1.${ORIGIN}`),
  });
  const book = recordBook(rules);
  const records: ResourceRecord[] = [];
  const take = (changes: ReadonlyMap<string, readonly ResourceRecord[]>) => {
    for (const own of changes.values()) records.push(...own);
  };
  const { leader, faults, ...parts } = body.finish();
  const none = { masters: [], heldTasks: new Map(), hostAddresses: new Map() };
  const state = { ...parts, ...none, leader: leader.address };
  take(book.update({ state, touched: 'all', faults }).changes);
  take(book.reachAt([ipAddress('127.0.0.1')!]).changes);
  return distinct(records);
}

/** A task of a service may share its name and address with another one. */
function distinct(records: readonly ResourceRecord[]): ResourceRecord[] {
  const byText = new Map(
    records.map(record => [`${record.owner} ${record.type} ${recordValue(record)}`, record]),
  );
  return [...byText.values()];
}

function zoneText(answers: Corpus['answers']): string {
  const head = [
    `$TTL ${TTL_SECONDS}`,
    `${ORIGIN} SOA ns1.${ORIGIN} root.ns1.${ORIGIN} 1 60 600 86400 10`,
    `${ORIGIN} NS ns1.${ORIGIN}`,
  ];
  const lines = [...answers].flatMap(([key, values]) => values.map(value => `${key} ${value}`));
  return `${[...head, ...lines].join('\n')}\n`;
}

/**
 * 60 % addresses of services, 30 % their SRV records, 5 % addresses of single tasks, 5 % names that
 * do not exist; without EDNS.
 */
function queryMix(
  answers: ReadonlyMap<string, readonly string[]>,
  count: number,
  random: Random,
): QueryLine[] {
  const keys = [...answers.keys()];
  const services = keys.filter(key => /^svc-\d+\.marathon\.mesos\. A$/.test(key));
  const sets = keys.filter(key => /^_svc-\d+\._tcp\.marathon\.mesos\. SRV$/.test(key));
  const tasks = keys.filter(key => /^svc-\d+-[^.]+\.marathon\.mesos\. A$/.test(key));
  const any = (list: readonly string[]) => list[random.below(list.length)].replace('. ', ' ');
  return Array.from({ length: count }, () => {
    const dice = random.below(100);
    if (dice < 60) return any(services);
    if (dice < 90) return any(sets);
    return dice < 95 ? any(tasks) : `absent-${random.below(5_000)}.marathon.mesos A`;
  });
}
