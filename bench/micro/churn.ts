/**
 * Whether memory grows while tasks come and go. Prints figures as JSON.
 *
 *     node --expose-gc bench/micro/churn.ts CHANGES
 */
import type { ResourceRecord } from '../../src/dns/index.ts';
import { type Random, seededRandom } from '../../src/runtime/index.ts';
import { a, answeringZone, srv } from '../../test/fakes/answering-zone.ts';

const TASKS = 4_431;
const SERVICES = 2_000;
const FIRST_CHANGES = 1_000;

const changes = Number(process.argv[2]);
const random = seededRandom(1);
const { publish, table } = answeringZone([]);
for (let task = 0; task < TASKS; task++) publish(`task:${task}`, taskRecords(task, random));
for (let change = 0; change < FIRST_CHANGES; change++) changeOne();
const before = used();
const startedMs = performance.now();
for (let change = FIRST_CHANGES; change < changes; change++) changeOne();
const changeUs = ((performance.now() - startedMs) * 1000) / Math.max(1, changes - FIRST_CHANGES);
const after = used();
const figures = {
  tableGrowth: after.table / before.table,
  heapGrowth: after.heap / before.heap,
  memoryGrowth: after.memory / before.memory,
  changeUs,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

/** A task ends and another one of its service takes its place. */
function changeOne(): void {
  const task = random.below(TASKS);
  publish(`task:${task}`, taskRecords(task, random));
}

/** The records of a new instance, under names that no instance had before. */
function taskRecords(task: number, numbers: Random): ResourceRecord[] {
  const service = `svc-${task % SERVICES}`;
  const instance = `${service}-${numbers.uint32().toString(36)}-s${numbers.below(100)}`;
  const port = 31_000 + numbers.below(1_000);
  const inContainer = `10.${numbers.below(256)}.${numbers.below(256)}.${numbers.below(256)}`;
  const onAgent = `10.0.0.${numbers.below(100)}`;
  return [
    a(`${service}.marathon.mesos`, inContainer),
    a(`${instance}.marathon.mesos`, inContainer),
    a(`${service}.marathon.slave.mesos`, onAgent),
    a(`${instance}.marathon.slave.mesos`, onAgent),
    srv(`_${service}._tcp.marathon.mesos`, port, `${instance}.marathon.mesos`),
    srv(`_${service}._tcp.marathon.slave.mesos`, port, `${instance}.marathon.slave.mesos`),
  ];
}

/** What is in use after a collection: of the table, of the heap, and of all the process was given. */
function used() {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const { heapUsed, external } = process.memoryUsage();
  return { table: table.octetsUsed, heap: heapUsed, memory: heapUsed + external };
}
