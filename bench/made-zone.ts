import { type ClientView, knownName, type Octets, type ResourceRecord } from '../src/dns/index.ts';
import { makeCounters, seededRandom } from '../src/runtime/index.ts';
import {
  AnswerTable,
  CurrentZone,
  deltaSteps,
  ZONE_COUNTERS,
  ZoneAnswers,
} from '../src/zone/index.ts';

export const ORIGIN = knownName('mesos');
export const SOA = {
  primary: knownName('ns1.mesos'),
  mailbox: knownName('root.ns1.mesos'),
  refreshSeconds: 60,
  retrySeconds: 600,
  expireSeconds: 86_400,
  negativeTtlSeconds: 10,
};

/** Names and records of one made-up service with so many tasks. */
export interface MadeService {
  readonly host: string;
  readonly service: string;
  readonly tasks: readonly {
    readonly canonical: string;
    readonly address: string;
    readonly port: number;
  }[];
}

/** Services of two or three tasks, and one of `big` tasks. */
export function madeServices(services: number, big: number): MadeService[] {
  const sizes = [...Array.from({ length: services }, (_, index) => 2 + (index % 2)), big];
  return sizes.map((size, index) => ({
    host: `web${index}.marathon.mesos`,
    service: `_web${index}._tcp.marathon.mesos`,
    tasks: Array.from({ length: size }, (_, task) => ({
      canonical: `web${index}-${String(task).padStart(5, '0')}-s${10 + (task % 40)}.marathon.mesos`,
      address: `10.${index >> 8}.${index & 255}.${task % 250}`,
      port: 31_000 + task,
    })),
  }));
}

export function serviceRecords({ host, service, tasks }: MadeService): ResourceRecord[] {
  return tasks.flatMap(({ canonical, address, port }): ResourceRecord[] => {
    const target = knownName(canonical);
    return [
      { type: 'A', owner: knownName(host), address },
      { type: 'A', owner: target, address },
      { type: 'SRV', owner: knownName(service), priority: 0, weight: 1, port, target },
    ];
  });
}

/** The answers of a zone with these services, to clients at 127.0.0.1. */
export function madeAnswers(services: readonly MadeService[]): ZoneAnswers {
  const current = new CurrentZone({ origin: ORIGIN, soa: SOA });
  const table = new AnswerTable(ORIGIN, 12_345);
  const changes = new Map(services.map(made => [made.host, serviceRecords(made)]));
  const delta = current.publish(changes, 1_700_000_000);
  for (const step of delta ? deltaSteps(delta) : []) table.applyStep(step);
  const client: ClientView = {
    octets: Uint8Array.of(127, 0, 0, 1),
    at: 0,
    length: 4,
    isTcp: false,
    hasValidCookie: false,
  };
  const answers = new ZoneAnswers({
    table,
    settings: {
      soa: SOA,
      ttlSeconds: 60,
      recurseOn: true,
      setTruncateBit: true,
      answerLimit: 0,
      udpPayloadMax: 1232,
      cookieSecret: new Uint8Array(16).fill(7),
    },
    client,
    random: seededRandom(1),
    counters: makeCounters(ZONE_COUNTERS),
    mayRecurse: () => true,
  });
  answers.serve({ kind: 'live' });
  answers.setTime(1_700_000_000);
  return answers;
}

/** A query of class IN with RD set and, where given, an OPT record that holds `options`. */
export function madeQuery(name: string, type: number, options?: readonly number[]): Octets {
  const labels = name.split('.').flatMap(label => [label.length, ...Buffer.from(label)]);
  const opt = options
    ? [0, 0, 41, 4, 208, 0, 0, 0, 0, options.length >> 8, options.length & 255, ...options]
    : [];
  const header = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, options ? 1 : 0];
  return Uint8Array.from([...header, ...labels, 0, type >> 8, type & 255, 0, 1, ...opt]);
}
