import { describe, expect, test } from 'vitest';
import type { AgentId, DiscoveryPort, FrameworkId, Task } from '../../src/mesos/index.ts';
import { taskRecords } from '../../src/records/task-records.ts';
import { agentWith, clusterWith, frameworkWith, rulesWith, taskWith } from '../fakes/cluster.ts';
import { recordLine } from '../fakes/zone-text.ts';

function made(facts: Partial<Task>, framework = 'marathon', options = {}) {
  const state = clusterWith({ frameworks: [frameworkWith({ name: framework })] });
  const { records, faults } = taskRecords(taskWith(facts), state, rulesWith(options));
  return { lines: records.map(recordLine), causes: faults.map(({ cause }) => cause) };
}

function port(facts: Partial<DiscoveryPort>): DiscoveryPort {
  return { number: 80, name: undefined, protocol: 'tcp', scope: undefined, ...facts };
}

test('a task has its own addresses by name and by instance, and its agent’s below slave', () => {
  expect(made({}).lines).toEqual([
    'web.marathon.mesos. A 172.17.0.2',
    'web-iffe9-s1.marathon.mesos. A 172.17.0.2',
    'web.marathon.slave.mesos. A 10.0.0.7',
    'web-iffe9-s1.marathon.slave.mesos. A 10.0.0.7',
  ]);
});

test('a host port without discovery info points to the agent from both names', () => {
  expect(made({ hostPorts: [31000] }).lines.slice(4)).toEqual([
    '_web._tcp.marathon.slave.mesos. SRV 0 1 31000 web-iffe9-s1.marathon.slave.mesos.',
    '_web._udp.marathon.slave.mesos. SRV 0 1 31000 web-iffe9-s1.marathon.slave.mesos.',
    '_web._tcp.marathon.mesos. SRV 0 1 31000 web-iffe9-s1.marathon.slave.mesos.',
    '_web._udp.marathon.mesos. SRV 0 1 31000 web-iffe9-s1.marathon.slave.mesos.',
  ]);
});

test('with discovery info host ports stay below slave, discovery ports point to the task', () => {
  const discovery = { name: 'shop', ports: [port({ number: 8080, name: 'HTTP' })] };
  expect(made({ hostPorts: [31000], discovery }).lines).toEqual([
    'shop.marathon.mesos. A 172.17.0.2',
    'shop-iffe9-s1.marathon.mesos. A 172.17.0.2',
    'shop.marathon.slave.mesos. A 10.0.0.7',
    'shop-iffe9-s1.marathon.slave.mesos. A 10.0.0.7',
    '_shop._tcp.marathon.slave.mesos. SRV 0 1 31000 shop-iffe9-s1.marathon.slave.mesos.',
    '_shop._udp.marathon.slave.mesos. SRV 0 1 31000 shop-iffe9-s1.marathon.slave.mesos.',
    '_shop._tcp.marathon.mesos. SRV 0 1 8080 shop-iffe9-s1.marathon.mesos.',
    '_http._shop._tcp.marathon.mesos. SRV 0 1 8080 shop-iffe9-s1.marathon.mesos.',
  ]);
});

describe('discovery ports', () => {
  const services = (...ports: DiscoveryPort[]) =>
    made({ discovery: { name: 'shop', ports } }).lines.filter(line => line.includes(' SRV '));
  const target = 'shop-iffe9-s1.marathon.mesos.';

  test.each([
    {
      why: 'without a protocol get both',
      ports: [port({ protocol: undefined })],
      lines: [
        `_shop._tcp.marathon.mesos. SRV 0 1 80 ${target}`,
        `_shop._udp.marathon.mesos. SRV 0 1 80 ${target}`,
      ],
    },
    {
      why: 'take any protocol as a label',
      ports: [port({ protocol: 'tcp,udp' })],
      lines: [`_shop._tcpudp.marathon.mesos. SRV 0 1 80 ${target}`],
    },
    {
      why: 'of the host’s network point to the agent',
      ports: [port({ scope: 'host' })],
      lines: ['_shop._tcp.marathon.mesos. SRV 0 1 80 shop-iffe9-s1.marathon.slave.mesos.'],
    },
    {
      why: 'of the container’s network point to the task',
      ports: [port({ scope: 'container' })],
      lines: [`_shop._tcp.marathon.mesos. SRV 0 1 80 ${target}`],
    },
    {
      why: 'of number 0 are published, as Mesos-DNS does',
      ports: [port({ number: 0 })],
      lines: [`_shop._tcp.marathon.mesos. SRV 0 1 0 ${target}`],
    },
    {
      why: 'that become one record are published once',
      ports: [port({ name: 'a_b' }), port({ name: 'a-b' })],
      lines: [
        `_shop._tcp.marathon.mesos. SRV 0 1 80 ${target}`,
        `_a-b._shop._tcp.marathon.mesos. SRV 0 1 80 ${target}`,
      ],
    },
    { why: 'beyond 16 bits are left out', ports: [port({ number: 65536 })], lines: [] },
    { why: 'below zero are left out', ports: [port({ number: -1 })], lines: [] },
  ])('$why', ({ ports, lines }) => {
    expect(services(...ports)).toEqual(lines);
  });
});

test.each([
  { why: 'with dots makes its own labels', name: 'web.prod', raw: 'web.prod.marathon.mesos.' },
  { why: 'keeps underscores', name: 'my_web', raw: 'my_web.marathon.mesos.' },
])('a raw discovery name $why beside its label', ({ name, raw }) => {
  const { lines } = made({ discovery: { name, ports: [] } });
  expect(lines).toContain(`${raw} A 172.17.0.2`);
  expect(lines).toContain(`${name.replace(/[._]/, '-')}.marathon.mesos. A 172.17.0.2`);
  expect(lines).toHaveLength(8);
});

test('a raw discovery name keeps every sign that a look-up compares as it stands', () => {
  const name = "a!b#c$d%e&f'g*h+i,j/k:l<m=n>o?p[q]r^s`t{u|v}w~x";
  const { lines } = made({ discovery: { name, ports: [] } });
  expect(lines.map(line => line.split('.')[0])).toContain(name);
});

test.each([
  'Web',
  'we b',
  'we"b',
  'we\\b',
  'we@b',
  'we;b',
  'we(b',
  'we)b',
  'wéb',
  'we\u0000b',
])('a raw discovery name no query finds (%j) is not published, and is no fault', name => {
  const { lines, causes } = made({ discovery: { name, ports: [] } });
  expect(lines).toHaveLength(4);
  expect(causes).toEqual([]);
});

test.each([
  { name: '*', others: 2 },
  { name: 'a.*', others: 4 },
  { name: '*.b', others: 4 },
  { name: 'a.*.b', others: 4 },
])('a raw discovery name with a wildcard ($name) is not published, its label is', facts => {
  const { lines } = made({ discovery: { name: facts.name, ports: [] } });
  expect(lines.filter(line => line.includes('*'))).toEqual([]);
  expect(lines).toHaveLength(facts.others);
});

describe('what cannot be published costs that record alone', () => {
  test('an instance name over 63 octets: the service keeps its addresses', () => {
    const name = 'x'.repeat(60);
    const { lines, causes } = made({ name, hostPorts: [31000] });
    expect(lines).toEqual([
      `${name}.marathon.mesos. A 172.17.0.2`,
      `${name}.marathon.slave.mesos. A 10.0.0.7`,
    ]);
    expect(causes).toEqual(['name']);
  });

  test('a name of which nothing is left: the instance keeps its addresses, the ports theirs', () => {
    const { lines, causes } = made({ name: '___', hostPorts: [31000] });
    expect(lines).toEqual([
      '-iffe9-s1.marathon.mesos. A 172.17.0.2',
      '-iffe9-s1.marathon.slave.mesos. A 10.0.0.7',
      '_._tcp.marathon.slave.mesos. SRV 0 1 31000 -iffe9-s1.marathon.slave.mesos.',
      '_._udp.marathon.slave.mesos. SRV 0 1 31000 -iffe9-s1.marathon.slave.mesos.',
      '_._tcp.marathon.mesos. SRV 0 1 31000 -iffe9-s1.marathon.slave.mesos.',
      '_._udp.marathon.mesos. SRV 0 1 31000 -iffe9-s1.marathon.slave.mesos.',
    ]);
    expect(causes).toEqual(['name']);
  });

  test('a framework of which nothing is left', () => {
    expect(made({}, '@')).toEqual({ lines: [], causes: ['name'] });
  });

  test('one odd port of many', () => {
    const { lines, causes } = made({ hostPorts: [31000, 70000, 1.5] });
    expect(lines).toHaveLength(8);
    expect(causes).toEqual(['port']);
  });

  test('no address of its own: the agent’s stay', () => {
    const { lines, causes } = made(
      { addresses: { netinfo: ['nonsense'], docker: [], mesos: [] } },
      'marathon',
      { ipSources: ['netinfo'] },
    );
    expect(lines).toEqual([
      'web.marathon.slave.mesos. A 10.0.0.7',
      'web-iffe9-s1.marathon.slave.mesos. A 10.0.0.7',
    ]);
    expect(causes).toEqual(['no-address']);
  });
});

test.each([
  { why: 'that does not run', facts: { state: 'TASK_STAGING' }, causes: [] },
  { why: 'whose state is in other letters', facts: { state: 'task_running' }, causes: [] },
  { why: 'on no agent we know', facts: { agentId: 'x-S9' as AgentId }, causes: ['unknown-agent'] },
  {
    why: 'of no framework we know',
    facts: { frameworkId: 'x' as FrameworkId },
    causes: ['unknown-framework'],
  },
])('a task $why has no records', ({ facts, causes }) => {
  expect(made(facts)).toEqual({ lines: [], causes });
});

test('a task that fails its health check keeps its records: health is not looked at', () => {
  expect(made({ isHealthy: false }).lines).toHaveLength(4);
});

test.each([
  {
    why: 'the first source that has any',
    sources: ['docker', 'netinfo'] as const,
    is: ['192.168.0.2'],
  },
  {
    why: 'all of that source, both families',
    sources: ['netinfo', 'host'] as const,
    is: ['172.17.0.2', 'fd00::2'],
  },
  { why: 'the agent’s for host', sources: ['mesos', 'host', 'docker'] as const, is: ['10.0.0.7'] },
])('a task’s addresses are $why', ({ sources, is }) => {
  const { lines } = made(
    {
      addresses: {
        netinfo: ['172.17.0.2', 'fd00:0::2', '172.17.0.2', 'eth0'],
        docker: ['192.168.0.2'],
        mesos: [],
      },
    },
    'marathon',
    { ipSources: sources },
  );
  const own = lines.filter(line => line.startsWith('web.marathon.mesos. '));
  expect(own.map(line => line.split(' ')[2])).toEqual(is);
});

test('an agent known by host name gives the addresses its name has', () => {
  const state = clusterWith({
    agents: [agentWith({ pid: { host: 'agent1.example', port: 5051 } })],
    hosts: { 'agent1.example': ['10.0.0.8', 'fd00::8'] },
  });
  const { records } = taskRecords(taskWith(), state, rulesWith());
  expect(records.map(recordLine)).toContain('web.marathon.slave.mesos. A 10.0.0.8');
  expect(records.map(recordLine)).toContain('web.marathon.slave.mesos. AAAA fd00::8');
});
