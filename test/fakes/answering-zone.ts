import packet from 'dns-packet';
import {
  type ClientView,
  knownName,
  type Octets,
  type ResourceRecord,
  type StartOfAuthority,
} from '../../src/dns/index.ts';
import { makeCounters, type Random, seededRandom } from '../../src/runtime/index.ts';
import {
  type AnswerSettings,
  AnswerTable,
  CurrentZone,
  deltaSteps,
  type Locality,
  ZONE_COUNTERS,
  ZoneAnswers,
} from '../../src/zone/index.ts';

export const ORIGIN = knownName('mesos');

export const SOA: StartOfAuthority = {
  primary: knownName('ns1.mesos'),
  mailbox: knownName('root.ns1.mesos'),
  refreshSeconds: 60,
  retrySeconds: 600,
  expireSeconds: 86_400,
  negativeTtlSeconds: 10,
};

export const SETTINGS: AnswerSettings = {
  soa: SOA,
  ttlSeconds: 60,
  recurseOn: true,
  setTruncateBit: true,
  answerLimit: 0,
  udpPayloadMax: 1232,
};

export function a(owner: string, address: string): ResourceRecord {
  return { type: 'A', owner: knownName(owner), address };
}

export function aaaa(owner: string, address: string): ResourceRecord {
  return { type: 'AAAA', owner: knownName(owner), address };
}

export function srv(owner: string, port: number, target: string): ResourceRecord {
  const to = knownName(target);
  return { type: 'SRV', owner: knownName(owner), priority: 0, weight: 1, port, target: to };
}

export function cname(owner: string, target: string): ResourceRecord {
  return { type: 'CNAME', owner: knownName(owner), target: knownName(target) };
}

export function txt(owner: string, ...strings: string[]): ResourceRecord {
  return { type: 'TXT', owner: knownName(owner), strings };
}

/** A zone with all that answers from it, live; queries come from 127.0.0.1 by UDP. */
export function answeringZone(
  records: readonly ResourceRecord[],
  changes: Partial<AnswerSettings> & {
    readonly random?: Random;
    /** Made for the client of the zone. */
    readonly locality?: (client: ClientView) => Locality;
  } = {},
) {
  const current = new CurrentZone({ origin: ORIGIN, soa: SOA });
  const table = new AnswerTable(ORIGIN, 1);
  const client: ClientView = {
    octets: Uint8Array.of(127, 0, 0, 1),
    at: 0,
    length: 4,
    isTcp: false,
    hasValidCookie: false,
  };
  const counters = makeCounters(ZONE_COUNTERS);
  const { random = seededRandom(1), locality, ...settings } = changes;
  const answers = new ZoneAnswers({
    table,
    settings: { ...SETTINGS, ...settings },
    client,
    random,
    locality: locality?.(client),
    counters,
    mayRecurse: () => true,
  });
  const publish = (source: string, list: readonly ResourceRecord[]) => {
    const delta = current.publish(new Map([[source, list]]), 1_700_000_000);
    for (const step of delta ? deltaSteps(delta) : []) table.applyStep(step);
    return delta;
  };
  publish('test', records);
  answers.serve({ kind: 'live' });
  return { current, table, client, counters, answers, publish };
}

export type AnsweringZone = ReturnType<typeof answeringZone>;

export interface Asked {
  readonly edns?: number | undefined;
  readonly options?: readonly { readonly code: number; readonly data?: Uint8Array }[];
  readonly flags?: number;
  readonly limit?: number;
}

/** The octets of a query with id 7, RD set; `edns` is the UDP size it offers. */
export function queryOctets(name: string, type: string, asked: Asked = {}): Octets {
  const { edns, options = [], flags = 0x0100 } = asked;
  const opt = {
    type: 'OPT',
    name: '.',
    udpPayloadSize: edns ?? 0,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [...options],
  };
  return packet.encode({
    type: 'query',
    id: 7,
    flags,
    questions: [{ name, type: type as packet.RecordType, class: 'IN' }],
    // The types of dns-packet want every option decoded.
    additionals: edns === undefined ? [] : [opt as unknown as packet.OptAnswer],
  });
}

/** Asks the hot path; undefined when it leaves the query to the slow path. */
export function ask(zone: AnsweringZone, name: string, type: string, asked: Asked = {}) {
  const octets = askOctets(zone, queryOctets(name, type, asked), asked.limit);
  return octets && packet.decode(Buffer.from(octets));
}

/** The response to a query by its octets, as the server sees it. */
export function askOctets(
  { answers, client }: AnsweringZone,
  query: Octets,
  limit = client.isTcp ? 65_535 : 1232,
): Octets | undefined {
  const guard = 16;
  const response = new Uint8Array(guard + limit + guard).fill(0xaa);
  const length = answers.answerInto(query, 0, query.length, response, guard, limit);
  const outside = [
    ...response.subarray(0, guard),
    ...response.subarray(guard + Math.max(length, 0)),
  ];
  if (length > limit || outside.slice(0, guard).some(octet => octet !== 0xaa)) {
    throw new Error(`The response of ${length} octets left its room of ${limit}`);
  }
  return length > 0 ? response.slice(guard, guard + length) : undefined;
}
