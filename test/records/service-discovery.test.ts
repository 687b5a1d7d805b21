import { describe, expect, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import type { Task } from '../../src/mesos/index.ts';
import { explainName, type NamingOptions, recordBook } from '../../src/records/index.ts';
import { taskStrings } from '../../src/records/service-discovery.ts';
import { clusterWith, rulesWith, taskWith } from '../fakes/cluster.ts';
import { recordLine } from '../fakes/zone-text.ts';

const port = (number: number, name?: string, protocol = 'tcp') => {
  return { number, name, protocol, scope: undefined };
};

function recordsOf(tasks: readonly Task[], options: Partial<NamingOptions> = {}) {
  const rules = rulesWith({ serviceDiscovery: true, ...options });
  const state = clusterWith({ tasks });
  const { changes } = recordBook(rules).update({ state, touched: 'all', faults: [] });
  return [...changes.values()].flat();
}

/** What is found at an owner, by type. */
function at(owner: string, tasks: readonly Task[], options: Partial<NamingOptions> = {}) {
  const lines = recordsOf(tasks, options).filter(record => record.owner === `${owner}.`);
  return [...new Set(lines.map(line => recordLine(line).slice(owner.length + 2)))];
}

describe('a task with one port', () => {
  const discovery = { name: 'web', ports: [port(31000, 'http')] };
  const tasks = [taskWith({ discovery, labels: [{ key: 'env', value: 'prod' }] })];

  test.each([
    {
      owner: '_web._tcp.marathon.mesos',
      found: [
        'SRV 0 1 31000 web-iffe9-s1.marathon.mesos.',
        'PTR web-iffe9-s1._web._tcp.marathon.mesos.',
      ],
    },
    {
      owner: 'web-iffe9-s1._web._tcp.marathon.mesos',
      found: ['SRV 0 1 31000 web-iffe9-s1.marathon.mesos.', 'TXT "env=prod"'],
    },
    {
      owner: '_http._web._tcp.marathon.mesos',
      found: ['SRV 0 1 31000 web-iffe9-s1.marathon.mesos.'],
    },
    {
      owner: '_services._dns-sd._udp.marathon.mesos',
      found: ['PTR _framework._tcp.marathon.mesos.', 'PTR _web._tcp.marathon.mesos.'],
    },
    {
      owner: '_services._dns-sd._udp.mesos',
      found: ['PTR _leader._tcp.mesos.', 'PTR _leader._udp.mesos.', 'PTR _slave._tcp.mesos.'],
    },
    { owner: 'b._dns-sd._udp.mesos', found: ['PTR marathon.mesos.', 'PTR mesos.'] },
    { owner: 'lb._dns-sd._udp.mesos', found: ['PTR marathon.mesos.', 'PTR mesos.'] },
    { owner: 'leader._leader._tcp.mesos', found: ['SRV 0 1 5050 leader.mesos.', 'TXT ""'] },
    { owner: 'agent-s1._slave._tcp.mesos', found: ['SRV 0 1 5051 slave.mesos.', 'TXT ""'] },
  ])('has at $owner $found', ({ owner, found }) => {
    expect(at(owner, tasks, { txtLabels: ['env'] }).toSorted()).toEqual(found.toSorted());
  });

  test('is browsed only where that is asked for', () => {
    const types = recordsOf(tasks, { serviceDiscovery: false }).map(({ type }) => type);
    expect(types).not.toContain('PTR');
    expect(types).not.toContain('TXT');
  });

  test('is explained by the name of its instance', () => {
    const rules = rulesWith({ serviceDiscovery: true });
    const name = knownName('web-iffe9-s1._web._tcp.marathon.mesos');
    const { tasks: found } = explainName(name, clusterWith({ tasks }), rules);
    expect(found.map(({ records }) => records.map(({ type }) => type))).toEqual([['SRV', 'TXT']]);
  });
});

test('several ports of a service are instances of their own', () => {
  const ports = [port(31000, 'http'), port(31001, 'admin'), port(31002, 'dns', 'udp')];
  const tasks = [taskWith({ discovery: { name: 'web', ports } })];
  const instances = at('_web._tcp.marathon.mesos', tasks).filter(line => line.startsWith('PTR'));
  expect(instances).toEqual([
    'PTR web-iffe9-s1-31000._web._tcp.marathon.mesos.',
    'PTR web-iffe9-s1-31001._web._tcp.marathon.mesos.',
  ]);
  expect(at('web-iffe9-s1._web._udp.marathon.mesos', tasks)).toContain(
    'SRV 0 1 31002 web-iffe9-s1.marathon.mesos.',
  );
});

test('one without discovery info has its host ports, by either protocol', () => {
  const tasks = [taskWith({ hostPorts: [31000] })];
  for (const protocol of ['tcp', 'udp']) {
    expect(at(`web-iffe9-s1._web._${protocol}.marathon.mesos`, tasks)).toEqual([
      'SRV 0 1 31000 web-iffe9-s1.marathon.slave.mesos.',
      'TXT ""',
    ]);
  }
});

test('one without ports, or left out as unhealthy, is no instance', () => {
  expect(at('_web._tcp.marathon.mesos', [taskWith()])).toEqual([]);
  const tasks = [true, false].map((isHealthy, index) =>
    taskWith({ id: `${index}`, isHealthy, hostPorts: [31000] }),
  );
  const found = at('_web._tcp.marathon.mesos', tasks, { leaveOutUnhealthy: true });
  expect(found.filter(line => line.startsWith('PTR'))).toHaveLength(1);
});

test('no record is made twice', () => {
  const ports = [port(31000, 'a'), port(31000, 'a'), port(31000, 'b', '')];
  const tasks = [taskWith({ hostPorts: [1, 2], discovery: { name: 'a.b', ports } })];
  const lines = recordsOf(tasks).map(recordLine);
  const bySource = lines.filter(line => !line.includes('_dns-sd'));
  expect(new Set(bySource).size).toBe(bySource.length);
});

describe('TXT strings', () => {
  test.each([
    { why: 'none without labels', keys: ['env'], labels: [], strings: [''] },
    { why: 'none without keys', keys: [], labels: [['env', 'prod']], strings: [''] },
    {
      why: 'in the order of the config, the first of a key',
      keys: ['env', 'tier'],
      labels: [
        ['tier', ''],
        ['env', 'prod'],
        ['env', 'dev'],
      ],
      strings: ['env=prod', 'tier='],
    },
    {
      why: 'without what is too long for a string',
      keys: ['a', 'b'],
      labels: [
        ['a', 'x'.repeat(254)],
        ['b', '1'],
      ],
      strings: ['b=1'],
    },
    {
      why: 'and what is too long takes no room from the others',
      keys: ['a', 'b'],
      labels: [
        ['a', 'x'.repeat(2000)],
        ['b', '1'],
      ],
      strings: ['b=1'],
    },
    { why: 'without a key that is not ASCII', keys: ['é'], labels: [['é', '1']], strings: [''] },
  ])('$why', ({ keys, labels, strings }) => {
    const task = taskWith({ labels: labels.map(([key, value]) => ({ key, value })) });
    expect(taskStrings(task, keys)).toEqual(strings);
  });

  test('all together stay short enough for a response', () => {
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
    const task = taskWith({ labels: keys.map(key => ({ key, value: 'x'.repeat(200) })) });
    expect(taskStrings(task, keys)).toHaveLength(6);
  });
});
