/**
 * How long does it take until a state of many tasks is known, and until a change in it is?
 *
 *     node bench/read-state.ts [--tasks 10000] [--runs 5]
 *
 * Each run begins with a new reader and store, reads the whole state, then five times the state with
 * five more tasks moved. "Last octet" is the time from the body's end to the update; "body" the time
 * that reading the octets before it takes, without the making of them. Checks that exactly the moved tasks are touched.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { ClusterStore, type ClusterUpdate, StateReader } from '../src/mesos/index.ts';
import { quietLog, systemClock } from '../src/runtime/index.ts';
import { MadeState } from './made-state.ts';

const MOVED = 5;
const CHANGES = 5;

interface Times {
  readonly bodyMs: number;
  readonly lastOctetMs: number;
}

interface Run {
  readonly first: Times;
  readonly changes: readonly Times[];
}

function read(reader: StateReader, store: ClusterStore, pieces: Iterable<Buffer>): Times {
  const body = reader.begin();
  let bodyMs = 0;
  for (const piece of pieces) {
    const start = performance.now();
    body.write(piece);
    bodyMs += performance.now() - start;
  }
  const last = performance.now();
  store.replace(body.finish());
  return { bodyMs, lastOctetMs: performance.now() - last };
}

function run(tasks: number): Run {
  const updates: ClusterUpdate[] = [];
  const store = new ClusterStore({
    clock: systemClock(),
    log: quietLog(),
    publish: update => updates.push(update),
    onDoubt: () => {},
    onCondition: () => {},
  });
  const reader = new StateReader(store);
  const made = new MadeState(tasks);
  const first = read(reader, store, made.pieces());
  if (store.state?.tasks.size !== tasks) throw new Error(`${store.state?.tasks.size} tasks read`);
  const changes = Array.from({ length: CHANGES }, () => {
    made.change(MOVED);
    const times = read(reader, store, made.pieces());
    const touched = updates.at(-1)?.touched;
    if (touched === 'all' || touched?.tasks.size !== MOVED) throw new Error('wrong tasks touched');
    return times;
  });
  return { first, changes };
}

function show(what: string, values: readonly number[]): void {
  const sorted = values.toSorted((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)];
  const spread = `${sorted[0].toFixed(1)} to ${sorted[sorted.length - 1].toFixed(1)}`;
  console.log(`${what.padEnd(34)} ${median.toFixed(1).padStart(9)} ms   (${spread})`);
}

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '5' },
  },
});
const tasks = Number(values.tasks);
let octets = 0;
for (const piece of new MadeState(tasks).pieces()) octets += piece.length;
console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}`);
console.log(`node bench/read-state.ts --tasks ${tasks} --runs ${values.runs}`);
console.log(`${tasks} tasks, ${(octets / 1e6).toFixed(1)} MB`);
const runs = Array.from({ length: Number(values.runs) }, () => run(tasks));
show(
  'first state, body',
  runs.map(({ first }) => first.bodyMs),
);
show(
  'first state, last octet',
  runs.map(({ first }) => first.lastOctetMs),
);
const changes = runs.flatMap(each => each.changes);
show(
  `${MOVED} tasks moved, body`,
  changes.map(({ bodyMs }) => bodyMs),
);
show(
  `${MOVED} tasks moved, last octet`,
  changes.map(({ lastOctetMs }) => lastOctetMs),
);
console.log(`largest resident size ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
