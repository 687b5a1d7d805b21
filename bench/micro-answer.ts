/**
 * How long does it take to read a query, find its name and write the response, and does that
 * allocate anything?
 *
 *     node bench/micro-answer.ts [--runs 5] [--million 3]
 *
 * 2,000 services of two or three tasks and one of 500, queries in random order out of one slab, as a
 * batch of recvmmsg leaves them. Times are those of the processor, so that a busy machine disturbs
 * little. Each run is a process of its own; the kinds take turns. "Octets allocated" is what the
 * JavaScript heap grew by for each query.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { AnswerInto, Octets } from '../src/dns/index.ts';
import { a, answeringZone, queryOctets, srv } from '../test/fakes/answering-zone.ts';

const SERVICES = 2000;
const BIG = 500;
const SLOT = 128;
const RESPONSES = 64;
const RESPONSE_OCTETS = 1232;
const COOKIE = { code: 10, data: Buffer.from('0102030405060708', 'hex') };

/** The records of a service with so many tasks. */
function serviceRecords(service: number, tasks: number) {
  return Array.from({ length: tasks }, (_, task) => {
    const canonical = `web${service}-x${task}abc-s${task % 50}.marathon.mesos`;
    const address = `10.${service >> 8}.${service & 255}.${task % 250}`;
    return [
      a(hostOf(service), address),
      a(canonical, address),
      srv(serviceOf(service), 31_000 + task, canonical),
    ];
  }).flat();
}

const hostOf = (service: number) => `web${service}.marathon.mesos`;
const serviceOf = (service: number) => `_web${service}._tcp.marathon.mesos`;
const small = Array.from({ length: SERVICES }, (_, service) => service);
const records = [
  ...small.flatMap(service => serviceRecords(service, 2 + (service % 2))),
  ...serviceRecords(SERVICES, BIG),
];

/** The questions of each kind. */
const KINDS = {
  'A, 2 to 3 records': small.map(service => queryOctets(hostOf(service), 'A')),
  'A with EDNS': small.map(service => queryOctets(hostOf(service), 'A', { edns: 1232 })),
  'A with a cookie': small.map(service =>
    queryOctets(hostOf(service), 'A', { edns: 1232, options: [COOKIE] }),
  ),
  'A in capitals': small.map(service => queryOctets(hostOf(service).toUpperCase(), 'A')),
  'SRV, 2 to 3 records': small.map(service => queryOctets(serviceOf(service), 'SRV')),
  'AAAA, no data': small.map(service => queryOctets(hostOf(service), 'AAAA')),
  'no such name': small.map(service => queryOctets(`none${service}.marathon.mesos`, 'A')),
  'A, 500 records, 512 octets': [queryOctets(hostOf(SERVICES), 'A')],
  'SRV, 500 records, 1232 octets': [queryOctets(serviceOf(SERVICES), 'SRV', { edns: 1232 })],
} as const;
type Kind = keyof typeof KINDS;

interface Measured {
  readonly ns: number;
  readonly allocated: number;
}

/** Queries one behind the other, each in a slot of its own. */
function slabOf(queries: readonly Octets[]): Octets {
  const slab = new Uint8Array(queries.length * SLOT);
  for (const [index, query] of queries.entries()) slab.set(query, index * SLOT);
  return slab;
}

function check(kind: Kind, answerInto: AnswerInto): void {
  const response = new Uint8Array(RESPONSE_OCTETS);
  for (const query of KINDS[kind].slice(0, 100)) {
    const length = answerInto(query, 0, query.length, response, 0, RESPONSE_OCTETS);
    const answers = (response[6] << 8) | response[7];
    const rcode = response[3] & 15;
    const isNegative = kind === 'no such name' ? rcode === 3 : kind === 'AAAA, no data';
    const isGood = length > query.length - 12 && (isNegative ? answers === 0 : answers >= 2);
    if (!isGood) throw new Error(`${kind}: ${answers} answers, response code ${rcode}`);
  }
}

function measure(kind: Kind, count: number): Measured {
  const { answers } = answeringZone(records, { cookieSecret: new Uint8Array(16).fill(7) });
  const { answerInto } = answers;
  check(kind, answerInto);
  const queries = KINDS[kind];
  const slab = slabOf(queries);
  const ends = Int32Array.from(queries, ({ length }, index) => index * SLOT + length);
  const responses = new Uint8Array(RESPONSES * RESPONSE_OCTETS);
  const round = (rounds: number) => {
    let state = 1;
    for (let index = 0; index < rounds; index++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      const query = (state >>> 8) % ends.length;
      const at = (index & (RESPONSES - 1)) * RESPONSE_OCTETS;
      answerInto(slab, query * SLOT, ends[query], responses, at, RESPONSE_OCTETS);
    }
  };
  round(count / 4);
  const heap = process.memoryUsage().heapUsed;
  const start = process.cpuUsage();
  round(count);
  const ns = (process.cpuUsage(start).user / count) * 1e3;
  return { ns, allocated: (process.memoryUsage().heapUsed - heap) / count };
}

function inProcess(kind: Kind, count: number): Measured {
  const args = [process.argv[1], '--kind', kind, '--million', String(count / 1e6)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${kind} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Measured;
}

function show(kind: string, runs: readonly Measured[]): void {
  const times = runs.map(({ ns }) => ns).sort((one, other) => one - other);
  const median = times[Math.floor(times.length / 2)];
  const spread = `${times[0].toFixed(0)} to ${times[times.length - 1].toFixed(0)}`;
  const allocated = Math.max(...runs.map(run => run.allocated));
  console.log(
    `${kind.padEnd(32)} ${median.toFixed(0).padStart(6)} ns  (${spread})`.padEnd(64),
    `${allocated.toFixed(3)} octets allocated`,
  );
}

const { values } = parseArgs({
  options: {
    kind: { type: 'string' },
    runs: { type: 'string', default: '5' },
    million: { type: 'string', default: '3' },
  },
});
const count = Number(values.million) * 1e6;
if (values.kind !== undefined) {
  console.log(JSON.stringify(measure(values.kind as Kind, count)));
} else {
  const kinds = Object.keys(KINDS) as Kind[];
  const rounds = Array.from({ length: Number(values.runs) }, () =>
    kinds.map(kind => inProcess(kind, count)),
  );
  console.log(
    `${cpus()[0].model}, Node ${process.versions.node}, ${rounds.length} runs of ${count}`,
  );
  for (const [index, kind] of kinds.entries())
    show(
      kind,
      rounds.map(round => round[index]),
    );
}
