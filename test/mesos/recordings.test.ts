import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EventDecoder, StateError } from '../../src/mesos/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { readRecording, recordingsIn } from '../fakes/mesos-recordings.ts';
import { comparable, WatchedStore } from '../fakes/watched-store.ts';
import { hasShared, SHARED } from '../paths.ts';

const LEADER = {
  address: { host: '127.0.0.1', port: 1 },
  id: undefined,
  electedSeconds: undefined,
};

/** Feeds a recorded stream in pieces cut by `seed`, and calls `look` after each. */
function follow(watched: WatchedStore, path: string, seed: number, look = () => {}): void {
  const octets = readRecording(path);
  const random = seededRandom(seed);
  const decoder = new EventDecoder(watched.reader, LEADER);
  for (let at = 0; at < octets.length; ) {
    const size = 1 + random.below(at === 0 ? octets.length : 5_000);
    watched.store.apply(decoder.write(octets.subarray(at, at + size)));
    at += size;
    look();
  }
  decoder.finish();
}

describe('streams of a real Mesos', () => {
  const streams = recordingsIn('streams').filter(path => path.endsWith('.recordio'));

  test.each(streams)('%s: every event is understood, however it is cut', path => {
    const [one, other] = [new WatchedStore(), new WatchedStore()];
    follow(one, path, 1);
    follow(other, path, 2);
    expect(comparable(one.store.state)).toEqual(comparable(other.store.state));
    expect(one.updates.flatMap(({ faults }) => faults)).toEqual([]);
    expect(one.doubts).not.toContain('fault');
    expect(one.doubts).not.toContain('task');
  });

  test('01: tasks of two frameworks come up from nothing', () => {
    const watched = new WatchedStore();
    follow(watched, 'streams/01-cold-start.recordio', 3);
    const { frameworks, tasks, agents } = comparable(watched.store.state);
    expect([...frameworks.values()].map(({ name }) => name)).toEqual(['marathon', 'chronos']);
    expect([agents.size, tasks.size]).toEqual([2, 22]);
    expect([...tasks.values()].every(({ state }) => state === 'TASK_RUNNING')).toBe(true);
  });

  test('02: tasks that end go, whoever ends them', () => {
    const watched = new WatchedStore();
    follow(watched, 'streams/02-tasks.recordio', 3);
    const names = [...comparable(watched.store.state).tasks.values()].map(({ name }) => name);
    expect(names).toHaveLength(20);
    for (const gone of ['short', 'crash', 'flapper', 'ip-die', 'no-ports']) {
      expect(names).not.toContain(gone);
    }
  });

  test('08: an agent that is lost tells of its tasks, not of itself', () => {
    const watched = new WatchedStore();
    const counts = new Set<number>();
    follow(watched, 'streams/08-bulk-agent3.recordio', 3, () => counts.add(watched.tasks.length));
    expect([Math.max(...counts), Math.min(...[...counts].filter(Boolean))]).toEqual([1523, 1021]);
    expect(watched.tasks).toHaveLength(1021);
    expect(watched.doubts).toContain('agent-lost');
    expect(watched.store.state?.agents.size).toBe(3);
  });
});

/** A failover: the state before, what the new leader sends then, and its last state. */
const FAILOVERS = [
  {
    name: 'failover-1, polled',
    before: 'failover-1/states/15052-t0000.13.json',
    polled: recordingsIn('failover-1/states').filter(path => path.includes('15051')),
    stream: undefined,
    after: 'failover-1/states/15051-t0018.96.json',
  },
  {
    name: 'failover-2, polled: a framework and an agent come late',
    before: 'failover-2/states/15051-t0000.01.json',
    polled: recordingsIn('failover-2/states').filter(path => path.includes('15050')),
    stream: undefined,
    after: 'failover-2/states/15050-t0058.56.json',
  },
  {
    name: 'failover-2, by the stream',
    before: 'failover-2/states/15051-t0000.01.json',
    polled: [],
    stream: 'failover-2/subscribe-at-new-leader.recordio',
    after: 'failover-2/states/15050-t0058.56.json',
  },
  {
    name: 'failover-3, polled: 1,521 tasks',
    before: 'failover-3-bulk/states/15051-t0000.51.json',
    polled: recordingsIn('failover-3-bulk/states').filter(path => path.includes('15052')),
    stream: undefined,
    after: 'failover-3-bulk/states/15052-t0016.68.json',
  },
  {
    name: 'failover-3, by the stream',
    before: 'failover-3-bulk/states/15051-t0000.51.json',
    polled: [],
    stream: 'failover-3-bulk/subscribe/sub-2.recordio',
    after: 'failover-3-bulk/states/15052-t0016.68.json',
  },
  {
    name: 'failover-4: a leader that hung',
    before: undefined,
    beforeStream: 'failover-4-paused-leader/subscribe/sub-1.recordio',
    polled: [],
    stream: 'failover-4-paused-leader/subscribe/sub-2.recordio',
    after: undefined,
  },
  {
    name: 'ZooKeeper away, polled',
    before: 'zk-outage/states/15050-t0000.02.json',
    polled: recordingsIn('zk-outage/states').filter(path => path.includes('15051')),
    stream: undefined,
    after: 'zk-outage/states/15051-t0039.59.json',
  },
  {
    name: 'ZooKeeper away, by the stream, from an empty snapshot on',
    before: 'zk-outage/states/15050-t0000.02.json',
    polled: [],
    stream: 'zk-outage/subscribe/sub-2.recordio',
    after: 'zk-outage/states/15051-t0039.59.json',
  },
];

describe.each(FAILOVERS)('$name', ({ before, beforeStream, polled, stream, after }) => {
  test('no task that runs before and after ever loses its place, and the end is the same', () => {
    const last = new WatchedStore();
    if (after) last.read(readRecording(after));
    else if (stream) follow(last, stream, 5);
    const watched = new WatchedStore();
    if (before) watched.read(readRecording(before));
    else if (beforeStream) follow(watched, beforeStream, 5);
    const survivors = watched.tasks.filter(key => last.tasks.includes(key));
    expect(survivors.length).toBeGreaterThan(15);
    const { agents, frameworks } = comparable(watched.store.state);
    const look = () => {
      const { state } = watched.store;
      expect(survivors.filter(key => !state?.tasks.has(key))).toEqual([]);
      const homeless = [...(state?.tasks.values() ?? [])].filter(
        ({ agentId, frameworkId }) =>
          (agents.has(agentId) && !state?.agents.has(agentId)) ||
          (frameworks.has(frameworkId) && !state?.frameworks.has(frameworkId)),
      );
      expect(homeless).toEqual([]);
    };
    for (const path of polled) {
      watched.read(readRecording(path));
      look();
    }
    if (stream) follow(watched, stream, 7, look);
    expect(comparable(watched.store.state)).toEqual(comparable(last.store.state));
    expect(Object.values(watched.store.condition.heldTasks).every(count => count === 0)).toBe(true);
  });
});

test('a server that begins during a failover knows that the cluster is recovering, and when no more', () => {
  const states = recordingsIn('failover-1/states').filter(path => path.includes('15051'));
  const watched = new WatchedStore(1_795_338_763_000);
  const told = states.map(path => {
    watched.read(readRecording(path));
    return watched.store.condition.isRecovering;
  });
  expect(told).toEqual([true, true, true, true, true, false]);
});

describe('states of a real Mesos', () => {
  test.each(recordingsIn('state'))('%s loads without a fault', path => {
    const watched = new WatchedStore();
    watched.store.replace(watched.reader.read(readRecording(path), LEADER));
    expect(watched.tasks.length).toBeGreaterThan(4);
    expect(watched.updates.flatMap(({ faults }) => faults)).toEqual([]);
  });
});

describe.skipIf(!hasShared)('states of others, made by hand some of them', () => {
  const folder = join(SHARED, 'fixtures/real');
  const files = hasShared ? readdirSync(folder) : [];

  test.each(files.filter(file => /^state-\d|^v1-get-state/.test(file)))('%s loads', file => {
    const state = new WatchedStore().reader.read(readFileSync(join(folder, file)), LEADER);
    expect(state.agents.size).toBeGreaterThan(0);
    expect(state.faults).toEqual([]);
  });

  test.each(files.filter(file => !/^state-\d|^v1-get-state/.test(file)))('%s is refused', file => {
    const read = () => new WatchedStore().reader.read(readFileSync(join(folder, file)));
    expect(read).toThrow(StateError);
  });

  test.each(
    files.filter(file => file.endsWith('.jsonl')),
  )('%s: every event is understood', file => {
    const watched = new WatchedStore();
    const decoder = new EventDecoder(watched.reader, LEADER);
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean)) {
      watched.store.apply(decoder.write(Buffer.from(`${Buffer.byteLength(line)}\n${line}`)));
    }
    expect(watched.updates.flatMap(({ faults }) => faults)).toEqual([]);
    expect(watched.tasks.length).toBeGreaterThan(0);
  });
});
