import { describe, expect, test } from 'vitest';
import { type Json, read, readTask, stateOf, task, withTasks } from '../fakes/raw-state.ts';

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
        labels: [],
        portMappings: [],
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
    { why: 'all beyond 16 bits', ports: '[65536-65537, 1-1]', read: [1], cause: 'port-range' },
    { why: 'partly so', ports: '[65534-65536, 1-1]', read: [65534, 65535, 1], cause: 'port-range' },
    { why: 'a number', ports: 31000, read: [], cause: 'port-range' },
  ])('what cannot be a port costs itself alone: $why', ({ ports, read: expected, cause }) => {
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
