import { describe, expect, test } from 'vitest';
import type { ClusterUpdate } from '../../src/mesos/index.ts';
import { type FewWords, stateText } from '../fakes/state-text.ts';
import { WatchedStore } from '../fakes/watched-store.ts';

function setUp() {
  const watched = new WatchedStore();
  return {
    store: watched.store,
    updates: watched.updates,
    show: (cluster: FewWords) => watched.read(stateText(cluster)),
    /** What the updates since the last call touched. */
    touched: () =>
      watched.updates.splice(0).map(({ touched }) => (touched === 'all' ? 'all' : lists(touched))),
  };
}

function lists(touched: Exclude<ClusterUpdate['touched'], 'all'>) {
  return {
    masters: touched.masters,
    agents: [...touched.agents],
    frameworks: [...touched.frameworks],
    tasks: [...touched.tasks],
  };
}

const NOTHING = { masters: false, agents: [], frameworks: [], tasks: [] };
const ONE: FewWords = {
  agents: { S0: '10.0.1.1', S1: 'one.example' },
  frameworks: { F: { a: 'S0', b: 'S1' } },
};

test('the first state touches all', () => {
  const { show, store, touched } = setUp();
  expect(store.state).toBeUndefined();
  show(ONE);
  expect(touched()).toEqual(['all']);
  expect([...(store.state?.tasks.keys() ?? [])]).toEqual(['F/a', 'F/b']);
});

test('a state that changes nothing is not published', () => {
  const { show, touched } = setUp();
  show(ONE);
  touched();
  show(ONE);
  expect(touched()).toEqual([]);
});

test.each([
  {
    why: 'a new task',
    next: { ...ONE, frameworks: { F: { a: 'S0', b: 'S1', c: 'S0' } } },
    is: { tasks: ['F/c'] },
  },
  { why: 'a task gone', next: { ...ONE, frameworks: { F: { b: 'S1' } } }, is: { tasks: ['F/a'] } },
  {
    why: 'a task moved',
    next: { ...ONE, frameworks: { F: { a: 'S1', b: 'S1' } } },
    is: { tasks: ['F/a'] },
  },
  {
    why: 'an agent moved, and its tasks with it',
    next: { ...ONE, agents: { S0: '10.0.1.9', S1: 'one.example' } },
    is: { agents: ['S0'], tasks: ['F/a'] },
  },
  {
    why: 'an agent gone',
    next: { ...ONE, agents: { S1: 'one.example' } },
    is: { agents: ['S0'], tasks: ['F/a'] },
  },
  {
    why: 'a framework without tasks',
    next: { ...ONE, frameworks: { ...ONE.frameworks, G: {} } },
    is: { frameworks: ['G'] },
  },
  { why: 'another leader', next: { ...ONE, leader: '10.0.0.2' }, is: { masters: true } },
])('touches only what changed: $why', ({ next, is }) => {
  const { show, touched } = setUp();
  show(ONE);
  touched();
  show(next);
  expect(touched()).toEqual([{ ...NOTHING, ...is }]);
});

describe('masters', () => {
  test('the leader is among them, at its place or at the end', () => {
    const { show, store } = setUp();
    store.setMasters([
      { host: '10.0.0.3', port: 5050 },
      { host: '10.0.0.1', port: 5050 },
    ]);
    show(ONE);
    expect(store.state?.masters.map(({ host }) => host)).toEqual(['10.0.0.3', '10.0.0.1']);
    show({ ...ONE, leader: '10.0.0.9' });
    expect(store.state?.masters.map(({ host }) => host)).toEqual([
      '10.0.0.3',
      '10.0.0.1',
      '10.0.0.9',
    ]);
  });

  test('another list touches them, the same one does not', () => {
    const { show, store, touched } = setUp();
    show(ONE);
    touched();
    store.setMasters([{ host: '10.0.0.1', port: 5050 }]);
    store.setMasters([{ host: '10.0.0.1', port: 5050 }]);
    expect(touched()).toEqual([{ ...NOTHING, masters: true }]);
  });
});

describe('addresses of host names', () => {
  test('touch who stands on them', () => {
    const { show, store, touched } = setUp();
    show(ONE);
    touched();
    store.setHostAddresses(new Map([['one.example', ['10.0.1.2']]]));
    store.setHostAddresses(new Map([['one.example', ['10.0.1.2']]]));
    store.setHostAddresses(
      new Map([
        ['one.example', ['10.0.1.2']],
        ['f.example', ['10.9.9.9']],
      ]),
    );
    expect(touched()).toEqual([
      { ...NOTHING, agents: ['S1'], tasks: ['F/b'] },
      { ...NOTHING, frameworks: ['F'], tasks: ['F/a', 'F/b'] },
    ]);
  });

  test('wait for the first state', () => {
    const { show, store, touched, updates } = setUp();
    store.setHostAddresses(new Map([['one.example', ['10.0.1.2']]]));
    expect(touched()).toEqual([]);
    show(ONE);
    expect(updates[0].state.hostAddresses.get('one.example')).toEqual(['10.0.1.2']);
  });
});
