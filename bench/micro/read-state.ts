/**
 * How long a state takes to be read, and one of which five tasks have changed, without server and
 * sockets. Checks that exactly the changed tasks are touched. Prints figures as JSON.
 *
 *     node bench/micro/read-state.ts TASKS
 */
import { ClusterStore, type ClusterUpdate, StateReader } from '../../src/mesos/index.ts';
import { quietLog, seededRandom, systemClock } from '../../src/runtime/index.ts';
import { changeTasks, generateCluster, stateOctets } from '../../src/simulator/index.ts';
import { median } from '../measure/statistics.ts';

const PIECE_OCTETS = 65_536;
const LOADS = 5;
const CHANGED = 5;

const tasks = Number(process.argv[2]);
const random = seededRandom(3);
const cluster = generateCluster({ tasks, services: tasks / 2, agents: 100 }, random);
const updates: ClusterUpdate[] = [];
const store = new ClusterStore({
  clock: systemClock(),
  log: quietLog(),
  publish: update => updates.push(update),
  onDoubt: () => {},
  onCondition: () => {},
});
const reader = new StateReader(store);
const firstStateMs = load();
const loads = Array.from({ length: LOADS }, () => {
  const changed = new Set(changeTasks(cluster, CHANGED, random));
  const ms = load();
  const touched = updates.at(-1)?.touched;
  // A changed task has a new id: the old one is touched as well.
  if (!touched || touched === 'all' || touched.tasks.size !== 2 * changed.size) {
    throw new Error('Cannot measure: other tasks were touched than those that changed');
  }
  return ms;
});
process.stdout.write(`${JSON.stringify({ firstStateMs, changedStateMs: median(loads) })}\n`);

/** From the first octet to the update, in pieces as a socket hands them over, made beforehand. */
function load(): number {
  const body = Buffer.concat([...stateOctets(cluster, 'master@127.0.0.1:5050')]);
  const startedMs = performance.now();
  const reading = reader.begin();
  for (let at = 0; at < body.length; at += PIECE_OCTETS) {
    reading.write(body.subarray(at, at + PIECE_OCTETS));
  }
  store.replace(reading.finish());
  return performance.now() - startedMs;
}
