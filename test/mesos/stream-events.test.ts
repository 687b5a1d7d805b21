import { describe, expect, test } from 'vitest';
import { decodeEvent } from '../../src/mesos/decode-event.ts';
import type { ClusterEvent } from '../../src/mesos/index.ts';
import { type FewWords, stateText } from '../fakes/state-text.ts';
import { WatchedStore } from '../fakes/watched-store.ts';

const BEFORE: FewWords = {
  agents: { S0: '10.0.1.0', S1: '10.0.1.1' },
  recovered: [],
  frameworks: { F: { a: 'S0', b: 'S1' } },
};

const id = (value: string) => ({ value });

function event(type: string, fields: unknown): ClusterEvent {
  const json = { type, [type.toLowerCase()]: fields };
  const decoded = decodeEvent(json, cause => expect.unreachable(cause));
  if (!decoded) throw new Error(`${type} says nothing`);
  return decoded;
}

const added = (task: string, agent: string, state = 'TASK_RUNNING', framework = 'F') =>
  event('TASK_ADDED', {
    task: {
      task_id: id(task),
      name: task,
      framework_id: id(framework),
      agent_id: id(agent),
      state,
    },
  });
const updated = (task: string, state: string, status = state, ip_address?: string) =>
  event('TASK_UPDATED', {
    framework_id: id('F'),
    state,
    status: {
      task_id: id(task),
      state: status,
      container_status: ip_address && { network_infos: [{ ip_addresses: [{ ip_address }] }] },
    },
  });
const agentAdded = (agent: string, host: string) =>
  event('AGENT_ADDED', { agent: { agent_info: { id: id(agent) }, pid: `slave(1)@${host}:5051` } });
const agentRemoved = (agent: string) => event('AGENT_REMOVED', { agent_id: id(agent) });
const framework = (type: string, name: string) =>
  event(type, { framework: { framework_info: { id: id(name[0]), name }, active: true } });
const frameworkRemoved = event('FRAMEWORK_REMOVED', { framework_info: { id: id('F') } });

function begin(state = BEFORE): WatchedStore {
  const watched = new WatchedStore();
  watched.read(stateText(state));
  watched.updates.length = 0;
  return watched;
}

/** What the updates touched, all together. */
function touched({ updates }: WatchedStore) {
  const keys = { agents: new Set(), frameworks: new Set(), tasks: new Set() };
  for (const { touched } of updates) {
    if (touched === 'all') throw new Error('all is touched');
    for (const key of touched.agents) keys.agents.add(key);
    for (const key of touched.frameworks) keys.frameworks.add(key);
    for (const key of touched.tasks) keys.tasks.add(key);
  }
  return { agents: [...keys.agents], frameworks: [...keys.frameworks], tasks: [...keys.tasks] };
}

const NOTHING = { agents: [], frameworks: [], tasks: [] };

test.each([
  { why: 'a heartbeat', events: [event('HEARTBEAT', {})], tasks: ['F/a', 'F/b'] },
  {
    why: 'a task added',
    events: [added('c', 'S0')],
    tasks: ['F/a', 'F/b', 'F/c'],
    is: { tasks: ['F/c'] },
  },
  { why: 'a task told of again, the same', events: [added('a', 'S0')], tasks: ['F/a', 'F/b'] },
  {
    why: 'a task told of again, elsewhere',
    events: [added('a', 'S1')],
    tasks: ['F/a', 'F/b'],
    is: { tasks: ['F/a'] },
  },
  {
    why: 'a task told of when it has ended',
    events: [added('a', 'S0', 'TASK_FAILED')],
    tasks: ['F/b'],
    is: { tasks: ['F/a'] },
  },
  {
    why: 'a task that ended before anybody knew',
    events: [added('z', 'S0', 'TASK_FAILED')],
    tasks: ['F/a', 'F/b'],
  },
  {
    why: 'a task ends',
    events: [updated('a', 'TASK_FINISHED')],
    tasks: ['F/b'],
    is: { tasks: ['F/a'] },
  },
  {
    why: 'a task ends, though its status lags behind',
    events: [updated('a', 'TASK_FINISHED', 'TASK_RUNNING')],
    tasks: ['F/b'],
    is: { tasks: ['F/a'] },
  },
  {
    why: 'the end of a task nobody knows',
    events: [updated('z', 'TASK_KILLED')],
    tasks: ['F/a', 'F/b'],
  },
  { why: 'the same state again', events: [updated('a', 'TASK_RUNNING')], tasks: ['F/a', 'F/b'] },
  {
    why: 'a state nobody told us of',
    events: [updated('a', 'TASK_DREAMING')],
    tasks: ['F/a', 'F/b'],
    is: { tasks: ['F/a'] },
  },
  {
    why: 'an agent is removed, and with it what it leaves behind',
    events: [agentRemoved('S0')],
    tasks: ['F/b'],
    is: { agents: ['S0'], tasks: ['F/a'] },
  },
  {
    why: 'an agent moves, and its tasks with it',
    events: [agentAdded('S0', '10.0.9.9')],
    tasks: ['F/a', 'F/b'],
    is: { agents: ['S0'], tasks: ['F/a'] },
  },
  {
    why: 'a framework is removed, and with it what it leaves behind',
    events: [frameworkRemoved],
    tasks: [],
    is: { frameworks: ['F'], tasks: ['F/a', 'F/b'] },
  },
  {
    why: 'a framework is renamed, and with it all its tasks',
    events: [framework('FRAMEWORK_UPDATED', 'F, renamed')],
    tasks: ['F/a', 'F/b'],
    is: { frameworks: ['F'], tasks: ['F/a', 'F/b'] },
  },
])('$why', ({ events, tasks, is = {} }) => {
  const watched = begin();
  watched.store.apply(events);
  expect(watched.tasks).toEqual(tasks);
  expect(touched(watched)).toEqual({ ...NOTHING, ...is });
});

test('a task may come before its agent and its framework; they touch it when they come', () => {
  const watched = begin();
  watched.store.apply([added('x', 'S9', 'TASK_RUNNING', 'G')]);
  watched.updates.length = 0;
  watched.store.apply([agentAdded('S9', '10.0.1.9')]);
  watched.store.apply([framework('FRAMEWORK_ADDED', 'G')]);
  expect(watched.updates.map(({ touched }) => touched !== 'all' && [...touched.tasks])).toEqual([
    ['G/x'],
    ['G/x'],
  ]);
});

test('an update keeps name, discovery info and ports, and takes the addresses of a running status', () => {
  const watched = begin();
  watched.store.apply([
    updated('a', 'TASK_RUNNING', 'TASK_RUNNING', '172.17.0.2'),
    updated('b', 'TASK_RUNNING', 'TASK_STARTING', '10.0.1.1'),
  ]);
  const [a, b] = [...(watched.store.state?.tasks.values() ?? [])];
  expect(a).toMatchObject({ name: 'a', addresses: { netinfo: ['172.17.0.2'] } });
  expect(b).toMatchObject({ name: 'b', addresses: { netinfo: [] } });
});

test('events that come together are published together', () => {
  const watched = begin();
  watched.store.apply([
    added('c', 'S0'),
    updated('a', 'TASK_KILLED'),
    agentAdded('S2', '10.0.1.2'),
  ]);
  expect(watched.updates).toHaveLength(1);
});

test('the pid of a framework stays when the stream tells of it', () => {
  const watched = begin();
  watched.store.apply([framework('FRAMEWORK_UPDATED', 'F, renamed')]);
  const [{ pid, name }] = watched.store.state?.frameworks.values() ?? [];
  expect([name, pid?.host]).toEqual(['F, renamed', 'f.example']);
});

describe('doubts, for which the state should be read again', () => {
  test.each([
    {
      why: 'an update for a task nobody told of',
      events: [updated('z', 'TASK_RUNNING')],
      doubts: ['task'],
    },
    {
      why: 'a status that lags behind',
      events: [updated('a', 'TASK_RUNNING', 'TASK_STARTING')],
      doubts: ['status'],
    },
    {
      why: 'a task of a framework nobody told of (before 1.4)',
      events: [added('x', 'S0', 'TASK_STAGING', 'G')],
      doubts: ['framework'],
    },
    {
      why: 'a framework that is new: no pid',
      events: [framework('FRAMEWORK_ADDED', 'G')],
      doubts: ['framework'],
    },
    {
      why: 'an agent out of reach',
      events: [updated('a', 'TASK_UNREACHABLE')],
      doubts: ['agent-lost'],
    },
    {
      why: 'the same, not partition aware',
      events: [updated('a', 'TASK_LOST')],
      doubts: ['agent-lost'],
    },
    {
      why: 'an agent gone',
      events: [updated('a', 'TASK_GONE_BY_OPERATOR')],
      doubts: ['agent-lost'],
    },
    {
      why: 'an event that cannot be read',
      events: [{ kind: 'faults' as const, faults: [] }],
      doubts: ['fault'],
    },
    { why: 'none: a task ends', events: [updated('a', 'TASK_KILLED')], doubts: [] },
    { why: 'none: an agent is added', events: [agentAdded('S7', '10.0.1.7')], doubts: [] },
  ])('$why', ({ events, doubts }) => {
    const watched = begin();
    watched.store.apply(events);
    expect(watched.doubts).toEqual(doubts);
  });
});

describe('a state that is read while events come in', () => {
  test('gives way to what the events have told meanwhile', () => {
    const watched = begin();
    const mark = watched.store.markReading();
    const earlier = watched.reader.read(
      stateText({ ...BEFORE, frameworks: { F: { a: 'S0', b: 'S1', d: 'S1' } } }),
    );
    watched.store.apply([updated('a', 'TASK_KILLED'), added('c', 'S0')]);
    watched.store.apply([
      framework('FRAMEWORK_ADDED', 'G'),
      agentRemoved('S0'),
      agentAdded('S3', '10.0.1.3'),
    ]);
    watched.store.replace(earlier, mark);
    const { agents, frameworks } = watched.store.state ?? {};
    expect(watched.tasks).toEqual(['F/b', 'F/d']);
    expect([...(agents?.keys() ?? [])]).toEqual(['S1', 'S3']);
    expect([...(frameworks?.keys() ?? [])]).toEqual(['F', 'G']);
  });

  test('tells the pid of a framework that an event has renamed', () => {
    const watched = begin();
    const mark = watched.store.markReading();
    watched.store.apply([framework('FRAMEWORK_ADDED', 'G, renamed')]);
    watched.store.replace(
      watched.reader.read(stateText({ ...BEFORE, frameworks: { ...BEFORE.frameworks, G: {} } })),
      mark,
    );
    const [, { name, pid }] = watched.store.state?.frameworks.values() ?? [];
    expect([name, pid?.host]).toEqual(['G, renamed', 'g.example']);
  });

  test('is passed over when another has overtaken it', () => {
    const watched = begin();
    const [old, mark] = [watched.store.markReading(), watched.store.markReading()];
    watched.store.replace(watched.reader.read(stateText({ ...BEFORE, frameworks: {} })), old);
    expect(watched.tasks).toEqual(['F/a', 'F/b']);
    watched.store.replace(watched.reader.read(stateText({ ...BEFORE, frameworks: {} })), mark);
    expect(watched.tasks).toEqual([]);
  });
});

test('an agent that is back after a failover: what it does not tell of is held until a state is read', () => {
  const watched = begin();
  const after = { ...BEFORE, leader: '10.0.0.2', elected: watched.clock.now() / 1000 };
  watched.read(stateText({ ...after, agents: {}, frameworks: {}, recovered: ['S0', 'S1'] }));
  watched.store.apply([added('a', 'S0'), agentAdded('S0', '10.0.1.0')]);
  expect(watched.store.condition.heldTasks).toMatchObject({ recovering: 1, 'agent-back': 0 });
  watched.store.apply([agentAdded('S1', '10.0.1.1')]);
  expect(watched.doubts).toEqual(['agent-back']);
  expect(watched.tasks).toEqual(['F/a', 'F/b']);
  watched.read(stateText({ ...after, frameworks: { F: { a: 'S0' } } }));
  expect(watched.tasks).toEqual(['F/a']);
});
