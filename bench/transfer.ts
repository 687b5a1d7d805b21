import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { seededRandom } from '../src/runtime/index.ts';
import { generateCluster, startStaticMaster, stateOctets } from '../src/simulator/index.ts';
import type { BenchContext, Benchmark, Figures } from './benchmark.ts';
import { runDnsblast } from './load/generate.ts';
import type { ZoneRead } from './load/read-zone.ts';
import { freePort } from './measure/free-port.ts';
import { ALL_CORES } from './measure/process-group.ts';
import { toSeries } from './measure/rounds.ts';
import { percentile } from './measure/statistics.ts';
import { KNOTD } from './servers/authoritative.ts';
import { MESONYM, prepareMesonym } from './servers/mesonym.ts';
import { type RunningServer, type ServerKind, startServer } from './servers/server.ts';

const SHAPE = { tasks: 100_000, services: 45_000, agents: 1_000 };
const SMOKE_SHAPE = { tasks: 1_000, services: 450, agents: 20 };
const READER = fileURLToPath(new URL('./load/read-zone.ts', import.meta.url));
const TRANSFERS = 5;
const PROBES_A_SECOND = 2_000;
/** SOAExpire, the last but one number of a transfer. */
const EXPIRE_SECONDS = 86_400;

/** A whole transfer of a big zone, beside knotd with the same records. */
export const TRANSFER: Benchmark = {
  name: 'transfer',
  question: 'How long does a transfer of 100,000 tasks take, beside knotd; who notices?',
  run: async context => {
    const reason = MESONYM.missing(context) ?? KNOTD.missing(context);
    if (reason || !context.programs.dnsblast) {
      return { series: [], notes: [`not measured: ${reason ?? 'there is no C compiler'}`] };
    }
    const all = new Map<string, Figures[]>([
      ['mesonym', []],
      ['knotd', []],
    ]);
    for (let round = 0; round < Math.min(5, context.rounds); round++) {
      const both = await measureBoth(context);
      for (const [subject, figures] of Object.entries(both)) all.get(subject)?.push(figures);
      context.tell(`  round ${round + 1}: ${JSON.stringify(both)}`);
    }
    return { series: toSeries(all, UNITS), notes: [] };
  },
};

const UNITS = {
  transferMs: 'ms a transfer',
  transferMb: 'MB a transfer',
  idleP99Us: 'us p99 idle',
  transferP99Us: 'us p99 in transfers',
  lost: 'lost',
};

async function measureBoth(context: BenchContext) {
  const cluster = generateCluster(context.isSmoke ? SMOKE_SHAPE : SHAPE, seededRandom(7));
  const master = await startStaticMaster(() => performance.now());
  master.publish([...stateOctets(cluster, master.pid)]);
  const httpPort = await freePort();
  const settings = {
    transferAcl: ['127.0.0.1'],
    SOAExpire: EXPIRE_SECONDS,
    httpOn: true,
    httpPort,
  };
  const kind = { ...MESONYM, prepare: (at: Place) => prepareMesonym(at, master, settings) };
  // A service of many instances is truncated by UDP; this is there in every zone, with one address.
  const query = 'leader.mesos A';
  const server = await startServer(kind, context, query, ALL_CORES);
  try {
    const mesonym = await measure(context, server);
    const knotd = await measureKnotd(context, query, await zoneText(httpPort));
    return { mesonym, knotd };
  } finally {
    await server.stop();
    await master.close();
  }
}

type Place = Parameters<ServerKind['prepare']>[0];

async function zoneText(httpPort: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${httpPort}/v1/zone`)).text();
}

async function measureKnotd(context: BenchContext, query: string, zone: string): Promise<Figures> {
  const zoneFile = join(context.folder, 'transfer.zone');
  writeFileSync(zoneFile, zone);
  const corpus = { ...context.corpus, zoneFile };
  const server = await startServer(KNOTD_OPEN, { ...context, corpus }, query, ALL_CORES);
  try {
    return await measure(context, server);
  } finally {
    await server.stop();
  }
}

/** knotd with its zone open to transfers. */
const KNOTD_OPEN: ServerKind = {
  ...KNOTD,
  prepare: async place => {
    const prepared = await KNOTD.prepare(place);
    const file = join(place.folder, 'knot.conf');
    const text = readFileSync(file, 'utf8');
    const acl = 'acl:\n  - id: all\n    address: 127.0.0.1\n    action: transfer\nzone:\n';
    writeFileSync(
      file,
      text.replace('zone:\n', acl).replace('zonefile-sync', 'acl: all\n    zonefile-sync'),
    );
    return prepared;
  },
};

async function measure(context: BenchContext, server: RunningServer): Promise<Figures> {
  const seconds = context.isSmoke ? 0.2 : 3;
  const idle = await probe(context, server, seconds);
  const times = await readZone(server, { transfers: TRANSFERS });
  const probing = probe(context, server, seconds);
  await readZone(server, { seconds });
  const { p99_us: transferP99Us, lost } = await probing;
  return {
    transferMs: percentile(
      times.map(({ ms }) => ms),
      0.5,
    ),
    transferMb: times[0].octets / 2 ** 20,
    idleP99Us: idle.p99_us,
    transferP99Us,
    lost,
  };
}

function probe({ programs, corpus }: BenchContext, { host, port }: RunningServer, seconds: number) {
  const { queryFile } = corpus;
  const load = { host, port, queryFile, seconds, window: 1_000, clients: 1, rate: PROBES_A_SECOND };
  return runDnsblast(programs.dnsblast ?? '', load);
}

/**
 * Reads the whole zone again and again, in a process that stands back: those who take transfers run
 * on other machines, and must not take the server's processor here.
 */
async function readZone(
  { host, port }: RunningServer,
  { transfers = 0, seconds = 0 },
): Promise<readonly ZoneRead[]> {
  const words = [host, port, EXPIRE_SECONDS, transfers, seconds].map(String);
  const command = ['-n', '19', process.execPath, READER, ...words];
  const { stdout } = await promisify(execFile)('nice', command);
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as ZoneRead);
}
