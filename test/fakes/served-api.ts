import { type IncomingHttpHeaders, request } from 'node:http';
import type { ReadableZone, StatusReport } from '../../src/api/index.ts';
import { type ApiOptions, type ApiSources, startApi, zoneWatch } from '../../src/api/index.ts';
import { knownName, type ResourceRecord, type RRset, serial } from '../../src/dns/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';

const RECORDS: readonly ResourceRecord[] = [
  { type: 'A', owner: knownName('web.marathon.mesos'), address: '10.0.0.1' },
  { type: 'A', owner: knownName('web.marathon.mesos'), address: '10.0.0.2' },
  { type: 'AAAA', owner: knownName('web.marathon.mesos'), address: 'fd00::1' },
];

/** A zone of the given records, as the API reads it. */
export function readableZone(
  records: Iterable<ResourceRecord> = RECORDS,
  origin = 'mesos',
  nameServer = `ns1.${origin}`,
): ReadableZone {
  const names = new Map<string, RRset[]>();
  for (const group of Map.groupBy(records, ({ owner, type }) => `${owner} ${type}`).values()) {
    const { owner, type } = group[0];
    const texts = new Map(group.map(record => [JSON.stringify(record), record]));
    const rrset = { owner, type, records: [...texts.values()] };
    names.set(owner, [...(names.get(owner) ?? []), rrset]);
  }
  return {
    origin: knownName(origin),
    soa: {
      primary: knownName(nameServer),
      mailbox: knownName(`root.${nameServer}`),
      refreshSeconds: 60,
      retrySeconds: 600,
      expireSeconds: 86_400,
      negativeTtlSeconds: 10,
    },
    serial: serial(1_700_000_000),
    nameCount: names.size,
    recordCounts: { A: 2, AAAA: 1, CNAME: 0, NS: 0, PTR: 0, SRV: 0, TXT: 0 },
    rrsets: () => [...names.values()].flat(),
    at: owner => names.get(owner) ?? [],
  };
}

/** A server that is well. */
export const STATUS: StatusReport = {
  uptimeSeconds: 90,
  cluster: {
    leader: '10.0.0.1:5050',
    masters: ['10.0.0.1:5050', '10.0.0.2:5050', '10.0.0.3:5050'],
    source: 'stream',
    condition: 'live',
    ageSeconds: 0.4,
    agents: 3,
    frameworks: 1,
    tasks: 2,
    heldTasks: 0,
  },
  queries: {
    total: 12_345,
    perSecond: 321.5,
    byCode: { NOERROR: 12_000, NXDOMAIN: 345 },
    latencyMs: { p50: 0.02, p99: 0.4 },
  },
  cache: { entries: 12, octets: 3456, hits: 99, misses: 1 },
  upstreams: [
    { address: '10.0.0.53:53', isHealthy: true, latencyMs: 1.5, queries: 100, failures: 0 },
  ],
  threads: [{ id: 1, state: 'answering', queriesPerSecond: 321.5, restarts: 0 }],
  leftOut: { name: 1 },
};

/** An API on a free port of 127.0.0.1 with sources that are well, but for what is given. */
export async function serveApi(
  sources: Partial<ApiSources> = {},
  options: Partial<Omit<ApiOptions, 'sources'>> = {},
) {
  const clock = systemClock();
  const zone = sources.zone ?? readableZone();
  const watch = options.watch ?? zoneWatch(zone, clock);
  const server = await startApi({
    address: '127.0.0.1',
    port: 0,
    sources: {
      zone,
      version: '0.0.0-test',
      ttlSeconds: 60,
      refreshSeconds: 60,
      config: () => ({ Port: 53, MesosCredentials: { Principal: 'p', Secret: '********' } }),
      enumerate: () => [],
      explain: () => undefined,
      frameworkDomains: () => [],
      reverseZones: [],
      refresh: () => {},
      askDns: undefined,
      flush: () => {},
      services: () => [],
      unreadiness: () => [],
      metrics: async () => ({ type: 'text/plain; version=0.0.4', text: 'mesonym_up 1\n' }),
      status: () => STATUS,
      secondaries: () => [],
      ...sources,
    },
    guard: { networks: {}, token: undefined, credentials: undefined },
    onRefusal: () => {},
    tls: undefined,
    clock,
    random: seededRandom(1),
    log: quietLog(),
    ...options,
    watch,
  });
  return { ...server, watch, url: `http://127.0.0.1:${server.port}` };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request as given, with no header that the test does not name: `fetch` adds an `Accept`. */
export function ask(
  url: string,
  { method = 'GET', headers = {}, body = '' } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
