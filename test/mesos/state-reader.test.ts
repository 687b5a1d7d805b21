import { describe, expect, test } from 'vitest';
import type { Task } from '../../src/mesos/index.ts';
import { StateError, StateReader } from '../../src/mesos/index.ts';

type Json = Record<string, unknown>;

const AGENT = { id: 'A-S0', hostname: 'one', pid: 'slave(1)@10.0.0.7:5051' };

function task(fields: Json = {}): Json {
  const running = { state: 'TASK_RUNNING', timestamp: 2 };
  return {
    id: 'web.1',
    name: 'web',
    framework_id: 'F-0',
    slave_id: 'A-S0',
    state: 'TASK_RUNNING',
    statuses: [running],
    ...fields,
  };
}

function stateOf(fields: Json = {}): Json {
  return {
    pid: 'master@10.0.0.1:5050',
    leader: 'master@10.0.0.1:5050',
    id: 'M',
    elected_time: 1428951954.34111,
    slaves: [AGENT],
    frameworks: [{ id: 'F-0', name: 'marathon', tasks: [task()] }],
    ...fields,
  };
}

const withTasks = (...tasks: unknown[]) =>
  stateOf({ frameworks: [{ id: 'F-0', name: 'marathon', tasks }] });

function read(state: unknown) {
  const text = typeof state === 'string' ? state : JSON.stringify(state);
  return new StateReader().read(Buffer.from(text));
}

/** The only task of a state, and the causes of its faults. */
function readTask(fields: Json): { task: Task | undefined; causes: string[] } {
  const { tasks, faults } = read(withTasks(task(fields)));
  return { task: [...tasks.values()][0], causes: faults.map(({ cause }) => cause) };
}

function rejection(state: unknown): StateError {
  try {
    read(state);
  } catch (error) {
    if (error instanceof StateError) return error;
    throw error;
  }
  throw new Error('the state was not refused');
}

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
    expect([...agents.values()]).toEqual([{ id: 'A-S0', hostname: 'one', pid: undefined }]);
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

describe('tasks', () => {
  test('all fields of a plain one', () => {
    expect(readTask({ resources: { cpus: 0.1, ports: '[31000-31001]' } })).toEqual({
      task: {
        key: 'F-0/web.1',
        id: 'web.1',
        name: 'web',
        frameworkId: 'F-0',
        agentId: 'A-S0',
        state: 'TASK_RUNNING',
        addresses: { netinfo: [], docker: [], mesos: [] },
        isHealthy: undefined,
        hostPorts: [31000, 31001],
        discovery: undefined,
      },
      causes: [],
    });
  });

  test.each([
    'TASK_RUNNING',
    'TASK_STAGING',
    'TASK_STARTING',
    'TASK_KILLING',
    'TASK_SOMETHING_NEW',
    'task_running',
    '',
  ])('in state %j stay', state => {
    expect(readTask({ state }).task?.state).toBe(state);
  });

  test.each([
    'TASK_FINISHED',
    'TASK_FAILED',
    'TASK_KILLED',
    'TASK_ERROR',
    'TASK_LOST',
    'TASK_DROPPED',
    'TASK_GONE',
    'TASK_GONE_BY_OPERATOR',
    'TASK_UNREACHABLE',
  ])('in state %s have ended, and are no fault', state => {
    expect(readTask({ state })).toEqual({ task: undefined, causes: [] });
  });

  test.each([
    { why: 'a name of 72 characters', name: 'n'.repeat(72) },
    { why: 'dots', name: 'man.sleep' },
    { why: 'at signs', name: 'cpu_job_1@-@2@-@READY' },
    { why: 'brackets', name: 'Task(RunCalicoNode-B3213DE4)' },
    { why: 'blanks', name: 'sp ace' },
    { why: 'other letters', name: 'спб' },
    { why: 'nothing', name: '' },
    { why: 'a name of Object.prototype', name: '__proto__' },
  ])('names stay as they came: $why', ({ name }) => {
    expect(readTask({ name }).task?.name).toBe(name);
  });

  test('missing ids, names and agents are empty texts', () => {
    const { task, causes } = readTask({ id: null, name: null, slave_id: undefined });
    expect(task).toMatchObject({ key: 'F-0/', id: '', name: '', agentId: '' });
    expect(causes).toEqual([]);
  });

  test('one id listed more than once is that many tasks', () => {
    const { tasks } = read(withTasks(task(), task({ name: 'b' }), task({ name: 'c' })));
    expect([...tasks].map(([key, { name }]) => `${key} ${name}`)).toEqual([
      'F-0/web.1 web',
      'F-0/web.1#2 b',
      'F-0/web.1#3 c',
    ]);
  });

  test('a task of an agent that is not listed stays', () => {
    expect(readTask({ slave_id: 'A-S77' }).task?.agentId).toBe('A-S77');
  });

  test('orphans stand under the framework they name (before 1.2)', () => {
    const orphan = task({ id: 'web.2', framework_id: 'F-9' });
    const { tasks } = read(stateOf({ orphan_tasks: [orphan], frameworks: [] }));
    expect([...tasks.keys()]).toEqual(['F-9/web.2']);
  });

  test.each([
    { why: 'a numeric name', json: task({ name: 7 }) },
    { why: 'a numeric state', json: task({ state: 7 }) },
    { why: 'a list as its id', json: task({ id: [] }) },
    { why: 'null', json: null },
    { why: 'a number', json: 7 },
  ])('odd ones are left out alone: $why', ({ json }) => {
    const { tasks, faults } = read(withTasks(json, task({ id: 'web.2' })));
    expect([...tasks.keys()]).toEqual(['F-0/web.2']);
    expect(faults.map(({ cause }) => cause)).toEqual(['task']);
  });
});

describe('host ports', () => {
  test.each([
    { why: 'a range', ports: '[31000-31002]', read: [31000, 31001, 31002] },
    { why: 'single ports', ports: '[9200-9200, 9300-9300]', read: [9200, 9300] },
    { why: 'no blank after the comma', ports: '[1-1,3-3]', read: [1, 3] },
    { why: 'unsorted', ports: '[32000-32001, 31000-31000]', read: [32000, 32001, 31000] },
    { why: 'none', ports: '[]', read: [] },
    { why: 'empty', ports: '', read: [] },
    { why: 'null', ports: null, read: [] },
    { why: 'backwards is empty', ports: '[5-3]', read: [] },
    { why: 'no brackets', ports: '5-6', read: [5, 6] },
  ])('$why', ({ ports, read: expected }) => {
    expect(readTask({ resources: { ports } })).toMatchObject({
      task: { hostPorts: expected },
      causes: [],
    });
  });

  test.each([
    { why: 'no numbers', ports: '[a-b, 7-7]', read: [7], cause: 'port-range' },
    { why: 'a number without a dash', ports: '[31000]', read: [], cause: 'port-range' },
    { why: 'beyond 16 bits', ports: '[65535-65536, 1-1]', read: [1], cause: 'port-range' },
    { why: 'a number', ports: 31000, read: [], cause: 'port-range' },
  ])('what cannot be read costs that range alone: $why', ({ ports, read: expected, cause }) => {
    expect(readTask({ resources: { ports } })).toMatchObject({
      task: { hostPorts: expected },
      causes: [cause],
    });
  });

  test('a huge range is cut', () => {
    const { task, causes } = readTask({ resources: { ports: '[0-65535, 1-1]' } });
    expect(task?.hostPorts).toHaveLength(4096);
    expect(causes).toEqual(['port-limit', 'port-limit']);
  });

  test('a list of resources adds up (v1)', () => {
    const ports = (begin: number) => ({
      name: 'ports',
      type: 'RANGES',
      ranges: { range: [{ begin, end: begin }] },
    });
    const { task } = readTask({
      resources: [ports(5), { name: 'cpus', scalar: { value: 1 } }, ports(3)],
    });
    expect(task?.hostPorts).toEqual([5, 3]);
  });
});

describe('addresses', () => {
  const networks = (...network_infos: unknown[]) => ({ container_status: { network_infos } });
  const withStatus = (fields: Json) =>
    readTask({ statuses: [{ state: 'TASK_RUNNING', timestamp: 1, ...fields }] });

  test.each([
    { why: 'an empty container_status', status: { container_status: {} }, netinfo: [] },
    { why: 'none', status: {}, netinfo: [] },
    { why: 'a network without any', status: networks({}), netinfo: [] },
    {
      why: '0.25: ip_address alone',
      status: networks({ ip_address: '10.1.1.1' }),
      netinfo: ['10.1.1.1'],
    },
    {
      why: '0.26: both, where the list counts',
      status: networks({ ip_address: '10.1.1.1', ip_addresses: [{ ip_address: '10.1.1.2' }] }),
      netinfo: ['10.1.1.2'],
    },
    {
      why: 'an empty list beside it',
      status: networks({ ip_address: '10.1.1.1', ip_addresses: [] }),
      netinfo: ['10.1.1.1'],
    },
    {
      why: 'several networks, both families, no protocol',
      status: networks(
        { ip_addresses: [{ ip_address: '10.1.1.1' }, { ip_address: 'fd01::1' }] },
        { ip_addresses: [{ protocol: 'IPv4' }, { ip_address: '10.2.1.1' }] },
      ),
      netinfo: ['10.1.1.1', 'fd01::1', '10.2.1.1'],
    },
  ])('netinfo: $why', ({ status, netinfo }) => {
    expect(withStatus(status)).toMatchObject({ task: { addresses: { netinfo } }, causes: [] });
  });

  test('docker and mesos: labels of the status, as a list or wrapped', () => {
    const labels = [
      { key: 'Docker.NetworkSettings.IPAddress', value: '172.17.0.2' },
      { key: 'MesosContainerizer.NetworkSettings.IPAddress', value: '192.168.1.1' },
      { key: 'docker.networksettings.ipaddress', value: '1.1.1.1' },
      { key: 'no value' },
    ];
    const addresses = { netinfo: [], docker: ['172.17.0.2'], mesos: ['192.168.1.1'] };
    expect(withStatus({ labels }).task?.addresses).toEqual(addresses);
    expect(withStatus({ labels: { labels } }).task?.addresses).toEqual(addresses);
    expect(withStatus({ labels: {} }).task?.addresses).toEqual({
      netinfo: [],
      docker: [],
      mesos: [],
    });
  });

  test('the newest TASK_RUNNING status counts, whatever the order', () => {
    const status = (
      state: string,
      timestamp: number | undefined,
      ip_address: string,
      healthy?: boolean,
    ) => ({
      state,
      timestamp,
      healthy,
      ...networks({ ip_addresses: [{ ip_address }] }),
    });
    const { task } = readTask({
      statuses: [
        status('TASK_STARTING', 9, '10.0.0.1'),
        status('TASK_RUNNING', 8, '10.0.0.2', false),
        status('TASK_RUNNING', 8, '10.0.0.3', true),
        status('TASK_RUNNING', undefined, '10.0.0.4'),
        status('TASK_FAILED', 10, '10.0.0.5'),
      ],
    });
    expect(task?.addresses.netinfo).toEqual(['10.0.0.2']);
    expect(task?.isHealthy).toBe(false);
  });

  test.each([
    { why: 'statuses that are no list', fields: { statuses: {} } },
    {
      why: 'networks that are no list',
      fields: {
        statuses: [
          { state: 'TASK_RUNNING', ...networks(), container_status: { network_infos: 7 } },
        ],
      },
    },
    {
      why: 'a numeric address',
      fields: { statuses: [{ state: 'TASK_RUNNING', ...networks({ ip_address: 7 }) }] },
    },
  ])('another form costs the addresses alone: $why', ({ fields }) => {
    expect(readTask(fields)).toMatchObject({
      task: { addresses: { netinfo: [] } },
      causes: ['status'],
    });
  });

  test('no statuses at all', () => {
    expect(readTask({ statuses: null })).toMatchObject({
      task: { isHealthy: undefined },
      causes: [],
    });
  });
});

describe('discovery info', () => {
  const port = (fields: Json) => ({ number: 80, name: 'http', protocol: 'tcp', ...fields });
  const read1 = (ports: unknown, fields: Json = {}) =>
    readTask({ discovery: { name: 'shop', ports, ...fields } });

  test.each([
    {
      why: 'plain',
      json: port({}),
      read: { number: 80, name: 'http', protocol: 'tcp', scope: undefined },
    },
    { why: 'port 0', json: port({ number: 0 }), read: { number: 0 } },
    { why: 'a number as 80.0', json: port({ number: 80.0 }), read: { number: 80 } },
    {
      why: 'no name or protocol',
      json: { number: 1 },
      read: { name: undefined, protocol: undefined },
    },
    { why: 'tcp,udp', json: port({ protocol: 'tcp,udp' }), read: { protocol: 'tcp,udp' } },
    {
      why: 'host scope',
      json: port({ labels: { labels: [{ key: 'network-scope', value: 'host' }] } }),
      read: { scope: 'host' },
    },
    {
      why: 'container scope',
      json: port({ labels: { labels: [{ key: 'network-scope', value: 'container' }] } }),
      read: { scope: 'container' },
    },
    {
      why: 'another scope',
      json: port({
        labels: { labels: [{ key: 'network-scope' }, { key: 'VIP_0', value: '/x:80' }] },
      }),
      read: { scope: undefined },
    },
  ])('port: $why', ({ json, read: expected }) => {
    const { task, causes } = read1({ ports: [json] });
    expect(task?.discovery?.ports[0]).toMatchObject(expected);
    expect(causes).toEqual([]);
  });

  test.each([
    { why: 'ports as an empty object', ports: {} },
    { why: 'ports as null', ports: null },
    { why: 'no ports', ports: undefined },
  ])('$why', ({ ports }) => {
    expect(read1(ports)).toMatchObject({
      task: { discovery: { name: 'shop', ports: [] } },
      causes: [],
    });
  });

  test.each([{ name: '' }, { name: null }, { name: undefined }])('without a name it is none: %j', ({
    name,
  }) => {
    expect(read1({}, { name })).toMatchObject({ task: { discovery: undefined }, causes: [] });
  });

  test.each([
    {
      why: 'a numeric name costs it',
      fields: { discovery: { name: 7 } },
      left: undefined,
      cause: 'discovery',
    },
    {
      why: 'ports of another form cost it',
      fields: { discovery: { name: 'x', ports: 7 } },
      left: undefined,
      cause: 'discovery',
    },
    {
      why: 'a port that is null costs that port',
      fields: { discovery: { name: 'x', ports: { ports: [null, port({})] } } },
      left: 1,
      cause: 'discovery-port',
    },
    {
      why: 'a number as text too',
      fields: { discovery: { name: 'x', ports: { ports: [port({ number: '80' }), port({})] } } },
      left: 1,
      cause: 'discovery-port',
    },
    {
      why: 'a numeric port name too',
      fields: { discovery: { name: 'x', ports: { ports: [port({ name: 7 }), port({})] } } },
      left: 1,
      cause: 'discovery-port',
    },
  ])('$why', ({ fields, left, cause }) => {
    const { task, causes } = readTask(fields);
    expect(task?.discovery?.ports.length).toBe(left);
    expect(causes).toEqual([cause]);
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
