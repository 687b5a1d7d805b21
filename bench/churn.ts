/**
 * Does memory grow when tasks come and go for a long time?
 *
 *     node bench/churn.ts [--changes 1000000] [--services 2000]
 *
 * A zone of services of two or three tasks, and one of 500; each change replaces one task by another of
 * a new name, takes one away, or adds one. Shows the table's memory, the heap and the whole process after the
 * first thousand changes and at the end, and checks that the table ends within a tenth.
 */
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/runtime/index.ts';
import { AnswerTable, CurrentZone, deltaSteps } from '../src/zone/index.ts';
import { madeServices, ORIGIN, SOA, serviceRecords } from './made-zone.ts';

const FIRST = 1000;

const { values } = parseArgs({
  options: {
    changes: { type: 'string', default: '1000000' },
    services: { type: 'string', default: '2000' },
  },
});
const changes = Number(values.changes);
const services = madeServices(Number(values.services), 500);
const current = new CurrentZone({ origin: ORIGIN, soa: SOA });
const table = new AnswerTable(ORIGIN, 1);
const random = seededRandom(1);

function publish(sources: Iterable<(typeof services)[number]>): void {
  const records = new Map([...sources].map(made => [made.host, serviceRecords(made)]));
  const delta = current.publish(records, 1_700_000_000);
  for (const step of delta ? deltaSteps(delta) : []) table.applyStep(step);
}

function changeOne(number: number): void {
  const index = random.below(services.length);
  const { host, service, tasks } = services[index];
  const task = {
    canonical: `web${index}-${number.toString(36).padStart(5, '0')}-s${10 + random.below(40)}.marathon.mesos`,
    address: `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`,
    port: 31_000 + random.below(1000),
  };
  // Sizes walk between two and three, as at the start: only what memory keeps may grow.
  const isLarge = tasks.length > 2;
  const resizes = tasks.length <= 3 && random.below(3) === 0;
  const kept = tasks.slice(resizes && isLarge ? 2 : resizes ? 0 : 1);
  const next = [...kept, task];
  services[index] = { host, service, tasks: next };
  publish([services[index]]);
}

function show(done: number): void {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const inMb = [table.octetsUsed, heapUsed, rss].map(octets => (octets / 1e6).toFixed(2));
  console.log(
    `after ${done} changes: table ${inMb[0]} MB, heap ${inMb[1]} MB, process ${inMb[2]} MB`,
  );
}

publish(services);
show(0);
let first = 0;
for (let done = 1; done <= changes; done++) {
  changeOne(done);
  if (done === FIRST) first = table.octetsUsed;
  if (done === FIRST || done % (changes / 4) === 0) show(done);
  if (done % FIRST === 0) await setImmediate();
}
const growth = table.octetsUsed / first - 1;
console.log(`the table grew by ${(100 * growth).toFixed(1)} % since change ${FIRST}`);
if (growth > 0.1) process.exitCode = 1;
