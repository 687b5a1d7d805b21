import { describe, expect, test } from 'vitest';
import { StateError } from '../../src/mesos/index.ts';
import type { Log } from '../../src/runtime/index.ts';
import { quietLog } from '../../src/runtime/index.ts';
import { type FewWords, stateText } from '../fakes/state-text.ts';
import { WatchedStore } from '../fakes/watched-store.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const START = 1_700_000_000;
const AGENTS = { S0: '10.0.1.0', S1: '10.0.1.1', S2: '10.0.1.2' };
const TASKS = { a: 'S0', b: 'S1', c: 'S2' };
const BEFORE: FewWords = {
  agents: AGENTS,
  recovered: [],
  frameworks: { F: TASKS },
  elected: START - 3600,
};
/** Another master leads since the third second. */
const NEW: FewWords = { leader: '10.0.0.2', elected: START + 3, recovered: [] };
const ALL = ['F/a', 'F/b', 'F/c'];

/** What is shown at which second, and which tasks are published then. */
interface Row {
  readonly why: string;
  readonly before?: FewWords;
  readonly looks: readonly {
    readonly at: number;
    readonly show: FewWords;
    readonly tasks: readonly string[];
  }[];
}

async function replay({ before = BEFORE, looks }: Row): Promise<WatchedStore> {
  const watched = new WatchedStore(START * SECOND);
  watched.read(stateText(before));
  for (const { at, show, tasks } of looks) {
    await watched.clock.advance(at * SECOND - (watched.clock.now() - START * SECOND));
    watched.read(stateText(show));
    expect([...watched.tasks].sort(), `at ${at} s`).toEqual(tasks);
  }
  return watched;
}

describe('a new leader', () => {
  const rows: readonly Row[] = [
    {
      why: 'that has not read its registry yet takes nothing away, for 11 minutes',
      looks: [
        { at: 5, show: NEW, tasks: ALL },
        { at: 600, show: NEW, tasks: ALL },
        { at: 662, show: NEW, tasks: ALL },
        { at: 664, show: NEW, tasks: [] },
      ],
    },
    {
      why: 'gets its agents back one by one; each answers for its own tasks',
      looks: [
        { at: 5, show: { ...NEW, recovered: ['S0', 'S1', 'S2'] }, tasks: ALL },
        {
          at: 6,
          show: {
            ...NEW,
            recovered: ['S1', 'S2'],
            agents: { S0: '10.0.1.0' },
            frameworks: { F: { a: 'S0' } },
          },
          tasks: ALL,
        },
        {
          at: 7,
          show: {
            ...NEW,
            recovered: ['S2'],
            agents: { S0: '10.0.1.0', S1: '10.0.1.1' },
            frameworks: { F: { a: 'S0' } },
          },
          tasks: ['F/a', 'F/c'],
        },
        {
          at: 8,
          show: { ...NEW, agents: AGENTS, frameworks: { F: { a: 'S0', c: 'S2' } } },
          tasks: ['F/a', 'F/c'],
        },
      ],
    },
    {
      why: 'waits for an agent no longer than 11 minutes',
      looks: [5, 662, 664].map(at => ({
        at,
        show: {
          ...NEW,
          recovered: ['S2'],
          agents: { S0: '10.0.1.0', S1: '10.0.1.1' },
          frameworks: { F: { a: 'S0', b: 'S1' } },
        },
        tasks: at < 663 ? ALL : ['F/a', 'F/b'],
      })),
    },
    {
      why: 'that gives an agent up takes its tasks away at once',
      looks: [
        {
          at: 5,
          show: {
            ...NEW,
            recovered: ['S2'],
            agents: AGENTS,
            frameworks: { F: { a: 'S0', b: 'S1' } },
          },
          tasks: ['F/a', 'F/b'],
        },
        {
          at: 6,
          show: { ...NEW, agents: { S0: '10.0.1.0' }, frameworks: { F: { a: 'S0' } } },
          tasks: ['F/a'],
        },
      ],
    },
    {
      why: 'before Mesos 1.2 does not tell whom it waits for: all count for 11 minutes',
      before: { ...BEFORE, recovered: undefined },
      looks: [
        {
          at: 5,
          show: {
            ...NEW,
            recovered: undefined,
            agents: { S0: '10.0.1.0' },
            orphans: { 'F/a': 'S0' },
          },
          tasks: ALL,
        },
        {
          at: 6,
          show: {
            ...NEW,
            recovered: undefined,
            agents: { S0: '10.0.1.0', S1: '10.0.1.1' },
            frameworks: { F: { b: 'S1' } },
          },
          tasks: ['F/b', 'F/c'],
        },
        {
          at: 664,
          show: {
            ...NEW,
            recovered: undefined,
            agents: { S0: '10.0.1.0', S1: '10.0.1.1' },
            frameworks: { F: { b: 'S1' } },
          },
          tasks: ['F/b'],
        },
      ],
    },
    {
      why: 'before Mesos 1.2 must know the framework as well, or list its orphans',
      before: { ...BEFORE, recovered: undefined },
      looks: [
        { at: 5, show: { ...NEW, recovered: undefined, agents: AGENTS }, tasks: ALL },
        {
          at: 6,
          show: { ...NEW, recovered: undefined, agents: AGENTS, frameworks: { F: { a: 'S0' } } },
          tasks: ['F/a'],
        },
      ],
    },
    {
      why: 'whose clock is an hour ahead or behind is judged by when its predecessor was heard',
      looks: [
        { at: 1, show: BEFORE, tasks: ALL },
        { at: 5, show: { ...NEW, elected: START - 3599 }, tasks: ALL },
        { at: 659, show: { ...NEW, elected: START - 3599 }, tasks: ALL },
        { at: 662, show: { ...NEW, elected: START - 3599 }, tasks: [] },
      ],
    },
  ];

  test.each(rows)('$why', async row => {
    await replay(row);
  });

  test('orphans keep the last known name of their framework, and it keeps its pid', async () => {
    const show = {
      ...NEW,
      recovered: undefined,
      agents: AGENTS,
      orphans: { 'F/a': 'S0', 'F/b': 'S1', 'F/c': 'S2' },
    };
    const looks = [5, 700].map(at => ({ at, show, tasks: ALL }));
    const watched = await replay({ why: '', before: { ...BEFORE, recovered: undefined }, looks });
    expect(
      watched.store.framework(watched.store.state!.frameworks.keys().next().value!),
    ).toMatchObject({
      name: 'F',
      pid: { host: 'f.example', port: 1 },
    });
  });

  test('a framework known from its tasks alone keeps the pid that it had', async () => {
    const show = { ...NEW, agents: AGENTS, frameworks: { F: TASKS }, recoveredFrameworks: ['F'] };
    const watched = await replay({
      why: '',
      looks: [
        { at: 5, show, tasks: ALL },
        { at: 6, show, tasks: ALL },
      ],
    });
    const [framework] = watched.store.state?.frameworks.values() ?? [];
    expect(framework).toMatchObject({ isRecovered: true, pid: { host: 'f.example', port: 1 } });
    expect(watched.updates).toHaveLength(2);
  });

  test('frameworks without tasks are waited for as well, but not once it has listed them', async () => {
    const watched = new WatchedStore(START * SECOND);
    const frameworks = () => [...(watched.store.state?.frameworks.keys() ?? [])];
    watched.read(stateText({ ...BEFORE, frameworks: { F: TASKS, G: {} } }));
    watched.read(stateText({ ...NEW, agents: AGENTS, frameworks: { F: TASKS } }));
    expect(frameworks()).toEqual(['F', 'G']);
    watched.read(stateText({ ...NEW, agents: AGENTS, frameworks: { F: TASKS, G: {} } }));
    watched.read(stateText({ ...NEW, agents: AGENTS, frameworks: { F: TASKS } }));
    expect(frameworks()).toEqual(['F']);
  });
});

describe('the same leader', () => {
  const rows: readonly Row[] = [
    {
      why: 'that says it has no agents is believed after a minute',
      looks: [
        { at: 0, show: { ...BEFORE, agents: {}, frameworks: {} }, tasks: ALL },
        { at: 59, show: { ...BEFORE, agents: {}, frameworks: {} }, tasks: ALL },
        { at: 61, show: { ...BEFORE, agents: {}, frameworks: {} }, tasks: [] },
      ],
    },
    {
      why: 'must say so all the while',
      looks: [
        { at: 0, show: { ...BEFORE, agents: {}, frameworks: {} }, tasks: ALL },
        { at: 50, show: BEFORE, tasks: ALL },
        { at: 61, show: { ...BEFORE, agents: {}, frameworks: {} }, tasks: ALL },
      ],
    },
    {
      why: 'is believed when a task or an agent goes',
      looks: [
        {
          at: 1,
          show: { ...BEFORE, frameworks: { F: { a: 'S0', b: 'S1' } } },
          tasks: ['F/a', 'F/b'],
        },
        {
          at: 2,
          show: { ...BEFORE, agents: { S0: '10.0.1.0' }, frameworks: { F: { a: 'S0' } } },
          tasks: ['F/a'],
        },
        { at: 3, show: { ...BEFORE, frameworks: {} }, tasks: [] },
      ],
    },
  ];

  test.each(rows)('$why', async row => {
    await replay(row);
  });
});

describe('the loss of half of all tasks, and ten at least', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'S0']));
  const show = (watched: WatchedStore, count: number) =>
    watched.read(stateText({ ...BEFORE, frameworks: { F: many(count) } }));

  test.each([
    { why: 'half', before: 20, after: 10, isHeld: true },
    { why: 'less than half', before: 21, after: 11, isHeld: false },
    { why: 'all, but less than ten', before: 9, after: 0, isHeld: false },
    { why: 'all of ten', before: 10, after: 0, isHeld: true },
  ])('$why', ({ before, after, isHeld }) => {
    const watched = new WatchedStore(START * SECOND);
    show(watched, before);
    show(watched, after);
    expect(watched.tasks).toHaveLength(isHeld ? before : after);
    expect(watched.doubts).toEqual(isHeld ? ['loss'] : []);
  });

  test('is held back until a second look, a second later, shows it too', async () => {
    const watched = new WatchedStore(START * SECOND);
    show(watched, 20);
    show(watched, 5);
    await watched.clock.advance(SECOND / 2);
    show(watched, 5);
    expect(watched.tasks).toHaveLength(20);
    expect(watched.store.condition.heldTasks.unconfirmed).toBe(15);
    expect(new Set(watched.store.state?.heldTasks.values())).toEqual(new Set(['unconfirmed']));
    await watched.clock.advance(SECOND);
    show(watched, 5);
    expect(watched.tasks).toHaveLength(5);
    expect(watched.store.condition.heldTasks.unconfirmed).toBe(0);
  });

  test('is forgotten when the tasks are there again', async () => {
    const watched = new WatchedStore(START * SECOND);
    show(watched, 20);
    show(watched, 5);
    await watched.clock.advance(2 * SECOND);
    show(watched, 20);
    await watched.clock.advance(2 * SECOND);
    show(watched, 5);
    expect(watched.tasks).toHaveLength(20);
  });

  test('is half of those that are not held anyhow, as for an agent still to come', () => {
    const watched = new WatchedStore(START * SECOND);
    const late = Object.fromEntries(Object.keys(many(20)).map(task => [`late-${task}`, 'S1']));
    watched.read(stateText({ ...BEFORE, frameworks: { F: { ...many(10), ...late } } }));
    watched.read(stateText({ ...NEW, agents: { S0: '10.0.1.0' }, recovered: ['S1'] }));
    expect(watched.tasks).toHaveLength(30);
    expect(watched.store.condition.heldTasks).toMatchObject({ recovering: 20, unconfirmed: 10 });
  });

  test('is confirmed by the leader that told of it, not by another', async () => {
    const watched = new WatchedStore(START * SECOND);
    show(watched, 20);
    show(watched, 5);
    await watched.clock.advance(2 * SECOND);
    watched.read(stateText({ ...NEW, agents: AGENTS, frameworks: { F: many(5) } }));
    expect(watched.tasks).toHaveLength(20);
  });
});

describe('a leader that led before', () => {
  const older = { ...BEFORE, leader: '10.0.0.3', elected: START - 7200 };
  const rejection = (watched: WatchedStore, cluster: FewWords) => {
    try {
      watched.read(stateText(cluster));
    } catch (error) {
      return error instanceof StateError ? error.rejection : 'another error';
    }
    return 'none';
  };

  test('is refused while the younger one is heard, and taken when it is silent for a minute', async () => {
    const watched = new WatchedStore(START * SECOND);
    watched.read(stateText(BEFORE));
    expect(rejection(watched, older)).toBe('older-leader');
    await watched.clock.advance(MINUTE);
    expect(rejection(watched, older)).toBe('none');
  });

  test('is no reason to refuse a younger one, or one that does not tell', () => {
    const watched = new WatchedStore(START * SECOND);
    watched.read(stateText(BEFORE));
    expect(rejection(watched, { ...BEFORE, leader: '10.0.0.4', elected: START })).toBe('none');
    expect(rejection(watched, { ...BEFORE, leader: '10.0.0.5', elected: undefined })).toBe('none');
  });
});

describe('a server that has just begun', () => {
  test.each([
    {
      why: 'agents have yet to come back',
      show: { ...NEW, recovered: ['S0'], agents: { S1: '10.0.1.1' } },
      is: true,
    },
    { why: 'the leader has not read its registry', show: NEW, is: true },
    { why: 'all agents are back', show: { ...NEW, agents: AGENTS }, is: false },
    {
      why: 'before Mesos 1.2, nobody can tell',
      show: { ...NEW, recovered: undefined, agents: AGENTS },
      is: true,
    },
    { why: 'the leader is not young', show: { ...BEFORE, recovered: ['S0'] }, is: false },
    { why: 'nobody says when it was elected', show: { ...NEW, elected: undefined }, is: false },
  ])('knows whether the cluster is recovering: $why', ({ show, is }) => {
    const watched = new WatchedStore((START + 4) * SECOND);
    watched.read(stateText(show));
    expect(watched.store.condition.isRecovering).toBe(is);
  });

  test('finds the recovery over when it is, and never begun again', async () => {
    const watched = new WatchedStore((START + 4) * SECOND);
    watched.read(stateText({ ...NEW, recovered: ['S0'] }));
    watched.read(stateText({ ...NEW, agents: AGENTS, frameworks: { F: TASKS } }));
    expect(watched.store.condition.isRecovering).toBe(false);
    watched.read(
      stateText({
        ...NEW,
        leader: '10.0.0.3',
        elected: START + 5,
        recovered: ['S0'],
        agents: { S1: '10.0.1.1' },
      }),
    );
    expect(watched.conditions.map(({ isRecovering }) => isRecovering)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('with a state from the disk keeps what that has', async () => {
    const earlier = new WatchedStore();
    earlier.read(stateText(BEFORE));
    const watched = new WatchedStore((START + 4) * SECOND);
    watched.store.restore(earlier.store.state!);
    expect(watched.updates[0].touched).toBe('all');
    watched.read(stateText({ ...NEW, recovered: ['S0', 'S1', 'S2'] }));
    expect(watched.tasks).toEqual(ALL);
    expect(watched.store.condition).toMatchObject({
      isRecovering: false,
      heldTasks: { recovering: 3 },
    });
    watched.read(stateText({ ...NEW, agents: AGENTS, frameworks: { F: { a: 'S0' } } }));
    expect(watched.tasks).toEqual(['F/a']);
  });
});

test('each change of condition is one line in the log, however often a state is read', async () => {
  const lines: string[] = [];
  const log: Log = {
    ...quietLog(),
    info: message => lines.push(`info ${message}`),
    warn: (message, fields) => lines.push(`warn ${message} ${JSON.stringify(fields)}`),
  };
  const watched = new WatchedStore(START * SECOND, log);
  watched.read(stateText(BEFORE));
  for (let look = 0; look < 5; look++)
    watched.read(stateText({ ...NEW, recovered: ['S0', 'S1', 'S2'] }));
  watched.read(stateText({ ...NEW, agents: AGENTS, frameworks: { F: TASKS } }));
  expect(lines).toEqual([
    'warn Tasks that the leader does not list keep their names {"reason":"recovering","tasks":3}',
    'info No task is held any more',
  ]);
});
