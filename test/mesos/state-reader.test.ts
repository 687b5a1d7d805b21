import { describe, expect, test } from 'vitest';
import { StateError, StateReader } from '../../src/mesos/index.ts';
import { AGENT, read, rejection, stateOf, task, withTasks } from '../fakes/raw-state.ts';

describe('bodies refused as a whole', () => {
  test.each([
    { why: 'not JSON', state: '<html>', as: 'json' },
    {
      why: 'a task that is not JSON',
      state: JSON.stringify(stateOf()).replace('"web"', 'web'),
      as: 'json',
    },
    { why: 'cut in the middle', state: JSON.stringify(stateOf()).slice(0, -40), as: 'truncated' },
    { why: 'an empty body', state: '', as: 'truncated' },
    { why: 'a list', state: [], as: 'shape' },
    { why: 'an empty object', state: {}, as: 'shape' },
    {
      why: 'neither agents nor frameworks',
      state: stateOf({ slaves: null, frameworks: null }),
      as: 'shape',
    },
    { why: 'no leader', state: stateOf({ leader: undefined }), as: 'no-leader' },
    { why: 'an empty leader', state: stateOf({ leader: '' }), as: 'no-leader' },
    {
      why: 'a leader without a port',
      state: stateOf({ leader: 'master@10.0.0.1' }),
      as: 'no-leader',
    },
    {
      why: 'its own empty state, before 1.0, of a master that does not lead',
      state: stateOf({
        pid: 'master@10.0.0.2:5050',
        elected_time: undefined,
        slaves: [],
        frameworks: [],
      }),
      as: 'not-leader',
    },
    {
      why: 'the state of an agent',
      state: {
        pid: 'slave(1)@10.0.0.7:5051',
        master_hostname: 'm',
        frameworks: [],
        completed_frameworks: [],
      },
      as: 'agent',
    },
  ])('$why', ({ state, as }) => {
    expect(rejection(state).rejection).toBe(as);
  });

  test('a master that does not lead says who does', () => {
    const other = stateOf({ pid: 'master@10.0.0.2:5050', elected_time: undefined });
    expect(rejection(other).leader).toEqual({ host: '10.0.0.1', port: 5050 });
  });
});

describe('leaders', () => {
  test.each([
    { why: 'an address', leader: 'master@10.0.0.1:5050', host: '10.0.0.1', port: 5050 },
    { why: 'a host name', leader: 'master@M1.Internal:5050', host: 'm1.internal', port: 5050 },
    {
      why: 'IPv6 in brackets',
      leader: 'master@[2001:db8::1]:5050',
      host: '2001:db8::1',
      port: 5050,
    },
  ])('$why', ({ leader, host, port }) => {
    expect(read(stateOf({ leader })).leader.address).toEqual({ host, port });
  });

  test('one whose pid is written otherwise leads if it was elected', () => {
    const { leader } = read(stateOf({ pid: 'master@127.0.0.1:5050' }));
    expect(leader).toEqual({
      address: { host: '10.0.0.1', port: 5050 },
      id: 'M',
      electedSeconds: 1428951954.34111,
    });
  });
});

describe('agents', () => {
  test.each([
    { why: 'an address', pid: 'slave(1)@10.0.0.7:5051', host: '10.0.0.7', port: 5051 },
    { why: 'an agent that says so', pid: 'agent(1)@10.0.0.7:5051', host: '10.0.0.7', port: 5051 },
    { why: 'another number', pid: 'slave(2)@10.0.0.7:5052', host: '10.0.0.7', port: 5052 },
    {
      why: 'a host name',
      pid: 'slave(1)@mesos1.internal:5050',
      host: 'mesos1.internal',
      port: 5050,
    },
    {
      why: 'IPv6 in brackets',
      pid: 'slave(1)@[2001:db8::1]:5051',
      host: '2001:db8::1',
      port: 5051,
    },
    { why: 'the last @ counts', pid: 'a@b@10.0.0.7:5051', host: '10.0.0.7', port: 5051 },
  ])('pid: $why', ({ pid, host, port }) => {
    const { agents, faults } = read(stateOf({ slaves: [{ ...AGENT, pid }] }));
    expect([...agents.values()][0].pid).toEqual({ host, port });
    expect(faults).toEqual([]);
  });

  test.each([
    { why: 'no @', pid: '10.0.0.7:5051', causes: ['agent-pid'] },
    { why: 'no port', pid: 'slave(1)@10.0.0.7', causes: ['agent-pid'] },
    { why: 'a port beyond 16 bits', pid: 'slave(1)@10.0.0.7:70000', causes: ['agent-pid'] },
    { why: 'bare IPv6', pid: 'slave(1)@2001:db8::1:5051', causes: ['agent-pid'] },
    { why: 'a number', pid: 5051, causes: ['agent-pid'] },
    { why: 'empty', pid: '', causes: ['agent-pid'] },
    { why: 'null', pid: null, causes: [] },
    { why: 'missing', pid: undefined, causes: [] },
  ])('an unusable pid costs the pid alone: $why', ({ pid, causes }) => {
    const { agents, tasks, faults } = read(stateOf({ slaves: [{ ...AGENT, pid }] }));
    expect([...agents.values()]).toMatchObject([{ id: 'A-S0', hostname: 'one', pid: undefined }]);
    expect(faults.map(({ cause }) => cause)).toEqual(causes);
    expect(tasks.size).toBe(1);
  });

  test.each([
    { why: 'without an id', agent: { hostname: 'x' }, cause: 'agent-id' },
    { why: 'with a numeric id', agent: { id: 7 }, cause: 'agent' },
    { why: 'with a numeric host name', agent: { id: 'A-S1', hostname: 7 }, cause: 'agent' },
    { why: 'that is null', agent: null, cause: 'agent' },
    { why: 'that is text', agent: 'agent', cause: 'agent' },
  ])('one $why is left out alone', ({ agent, cause }) => {
    const { agents, faults } = read(stateOf({ slaves: [agent, AGENT] }));
    expect([...agents.keys()]).toEqual(['A-S0']);
    expect(faults.map(fault => fault.cause)).toEqual([cause]);
  });

  test('inactive agents, and several on one address, stay', () => {
    const second = { ...AGENT, id: 'A-S1', pid: 'slave(1)@10.0.0.7:5052', active: false };
    expect(read(stateOf({ slaves: [AGENT, second] })).agents.size).toBe(2);
  });

  test('recovered agents are told apart from none being told (before 1.2)', () => {
    const recovered = [{ id: 'A-S9', hostname: 'nine', port: 5051 }, null];
    const { recoveredAgents, faults } = read(stateOf({ recovered_slaves: recovered }));
    expect([...(recoveredAgents ?? [])]).toEqual(['A-S9']);
    expect(faults.map(({ cause }) => cause)).toEqual(['agent']);
    expect(read(stateOf()).recoveredAgents).toBeUndefined();
  });
});

describe('frameworks', () => {
  const frameworksOf = (...frameworks: unknown[]) => read(stateOf({ frameworks }));

  test.each([
    {
      why: 'v0 schedulers have a pid',
      fields: { pid: 'scheduler-1@10.2.0.1:8000' },
      pid: { host: '10.2.0.1', port: 8000 },
    },
    {
      why: 'scheduler(1)',
      fields: { pid: 'scheduler(1)@[2001:db8::2]:8000' },
      pid: { host: '2001:db8::2', port: 8000 },
    },
    { why: 'HTTP schedulers have none', fields: {}, pid: undefined },
  ])('$why', ({ fields, pid }) => {
    const { frameworks } = frameworksOf({ id: 'F', name: 'x', hostname: 'h', ...fields });
    expect([...frameworks.values()]).toEqual([
      { id: 'F', name: 'x', hostname: 'h', pid, isActive: true, isRecovered: false },
    ]);
  });

  test('inactive ones keep their running tasks', () => {
    const { frameworks, tasks } = frameworksOf({
      id: 'F-0',
      name: 'x',
      active: false,
      recovered: true,
      tasks: [task()],
    });
    expect([...frameworks.values()][0]).toMatchObject({ isActive: false, isRecovered: true });
    expect(tasks.size).toBe(1);
  });

  test('two of one name stay two', () => {
    const { frameworks } = frameworksOf({ id: 'F-0', name: 'x' }, { id: 'F-1', name: 'x' });
    expect([...frameworks.values()].map(({ name }) => name)).toEqual(['x', 'x']);
  });

  test('one without an id, or with the id of another, gets one by its place; so do its tasks', () => {
    const { frameworks, tasks } = frameworksOf(
      { name: 'a', tasks: [task()] },
      { id: 'F-0', name: 'b' },
      { id: 'F-0', name: 'c', tasks: [task()] },
    );
    expect([...frameworks.keys()]).toEqual(['framework#1', 'F-0', 'F-0#2']);
    expect([...tasks.values()].map(({ frameworkId }) => frameworkId)).toEqual([
      'framework#1',
      'F-0#2',
    ]);
  });

  test('the id may stand behind the tasks', () => {
    const { tasks } = frameworksOf({ tasks: [task()], name: 'x', id: 'F-7' });
    expect([...tasks.keys()]).toEqual(['F-7/web.1']);
  });

  test.each([
    {
      why: 'a bad pid costs the pid',
      framework: { id: 'F', pid: 'nowhere' },
      count: 2,
      cause: 'framework-pid',
    },
    {
      why: 'a numeric name costs it',
      framework: { id: 'F', name: 7 },
      count: 1,
      cause: 'framework',
    },
    { why: 'null is none', framework: null, count: 1, cause: 'framework' },
    {
      why: 'tasks of another form cost the list',
      framework: { id: 'F', tasks: {} },
      count: 2,
      cause: 'list',
    },
    { why: 'null tasks too', framework: { id: 'F', tasks: null }, count: 2, cause: 'list' },
  ])('$why', ({ framework, count, cause }) => {
    const { frameworks, tasks, faults } = frameworksOf(framework, { id: 'F-0', tasks: [task()] });
    expect(frameworks.size).toBe(count);
    expect(tasks.size).toBe(1);
    expect(faults.map(fault => fault.cause)).toEqual([cause]);
  });
});

describe('a body after another', () => {
  const text = (state: unknown) => Buffer.from(JSON.stringify(state));

  test('what stayed the same is the same object, and its faults are not told again', () => {
    const reader = new StateReader();
    const odd = task({ id: 'odd', name: 7 });
    const first = reader.read(text(withTasks(odd, task(), task({ id: 'b' }))));
    const second = reader.read(text(withTasks(task({ id: 'b' }), odd, task(), task({ id: 'c' }))));
    expect([...second.tasks.keys()]).toEqual(['F-0/b', 'F-0/web.1', 'F-0/c']);
    for (const [key, value] of first.tasks) expect(second.tasks.get(key)).toBe(value);
    expect([...second.agents.values()][0]).toBe([...first.agents.values()][0]);
    expect([first.faults.length, second.faults.length]).toEqual([1, 0]);
  });

  test('faults of frameworks are told once, and again when they come back', () => {
    const reader = new StateReader();
    const odd = stateOf({ frameworks: [{ id: 'F-0', name: 'x', pid: 'nonsense', tasks: [] }] });
    const bodies = [odd, odd, stateOf({}), odd];
    const told = bodies.map(state => reader.read(text(state)).faults.map(({ cause }) => cause));
    expect(told).toEqual([['framework-pid'], [], [], ['framework-pid']]);
  });

  test('one that is refused leaves no trace', () => {
    const reader = new StateReader();
    const first = reader.read(text(withTasks(task())));
    expect(() => reader.read(text(withTasks(task({ id: 'b' }))).subarray(0, -9))).toThrow(
      StateError,
    );
    expect([...reader.read(text(withTasks(task()))).tasks.values()][0]).toBe(
      [...first.tasks.values()][0],
    );
  });

  test('a task that moves to another framework is another task', () => {
    const reader = new StateReader();
    reader.read(text(withTasks(task())));
    const { tasks } = reader.read(text(stateOf({ frameworks: [{ id: 'F-1', tasks: [task()] }] })));
    expect([...tasks.keys()]).toEqual(['F-1/web.1']);
  });

  test('completed tasks and frameworks, unreachable ones, offers and executors are passed over', () => {
    const junk = {
      completed_tasks: [task()],
      unreachable_tasks: [task()],
      executors: [{ tasks: [task()] }],
      offers: [{}],
    };
    const frameworks = [{ id: 'F-0', name: 'x', ...junk, tasks: [] }];
    const { tasks } = read(stateOf({ frameworks, completed_frameworks: [{ tasks: [task()] }] }));
    expect(tasks.size).toBe(0);
  });
});
