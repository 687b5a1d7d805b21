import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipAddress, network, type PointerRecord, reverseName } from '../../src/dns/index.ts';
import type { AgentId, ClusterState, Task } from '../../src/mesos/index.ts';
import {
  outermostReverseZones,
  type RecordBook,
  ReverseBook,
  recordBook,
} from '../../src/records/index.ts';
import { agentWith, clusterWith, frameworkWith, rulesWith, taskWith } from '../fakes/cluster.ts';

const NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', 'fd00::/8'].map(text => network(text)!);

/** A record book with its reverse book, and the PTR records as they stand. */
function setUp(options = {}) {
  const rules = rulesWith(options);
  const book = recordBook(rules);
  const reverse = new ReverseBook(NETWORKS, rules);
  const targets = new Map<string, string>();
  const take = ({ changes }: ReturnType<RecordBook['update']>, state?: ClusterState) => {
    for (const pointers of reverse.update(changes, state).values()) {
      for (const [address, records] of pointers) note(targets, address, records);
    }
    return changes;
  };
  const update = (state: ClusterState) =>
    take(book.update({ state, touched: 'all', faults: [] }), state);
  const reachAt = (address: string) => take(book.reachAt([ipAddress(address)!]));
  return { targets, update, reachAt };
}

function note(
  targets: Map<string, string>,
  address: string,
  records: readonly PointerRecord[],
): void {
  expect(records.length).toBeLessThan(2);
  if (records.length === 0) return void targets.delete(address);
  const [{ owner, target }] = records;
  expect(owner).toBe(reverseName(ipAddress(address)!));
  targets.set(address, target);
}

const at = (address: string, facts: Partial<Task> = {}) =>
  taskWith({ addresses: { netinfo: [address], docker: [], mesos: [] }, ...facts });

describe('the name of an address', () => {
  test.each<{ why: string; tasks?: Task[]; address: string; name: string | undefined }>([
    { why: 'of a master', address: '10.0.0.1', name: 'master0.mesos.' },
    { why: 'of a scheduler', address: '10.0.0.9', name: 'marathon.mesos.' },
    { why: 'of an agent', address: '10.0.0.7', name: 'slave.mesos.' },
    { why: 'that nobody has', address: '10.0.0.2', name: undefined },
    {
      why: 'of one task: the one that is its alone',
      tasks: [at('172.17.0.2')],
      address: '172.17.0.2',
      name: 'web-iffe9-s1.marathon.mesos.',
    },
    {
      why: 'of one task, by IPv6',
      tasks: [at('fd00::2')],
      address: 'fd00::2',
      name: 'web-iffe9-s1.marathon.mesos.',
    },
    {
      why: 'of a task with a raw discovery name: the one fit for hosts',
      tasks: [at('172.17.0.2', { discovery: { name: 'a.b', ports: [] } })],
      address: '172.17.0.2',
      name: 'a-b-iffe9-s1.marathon.mesos.',
    },
    {
      why: 'outside the networks',
      tasks: [at('192.0.2.1')],
      address: '192.0.2.1',
      name: undefined,
    },
    {
      why: "of an agent with one task: the task's",
      tasks: [at('10.0.0.7')],
      address: '10.0.0.7',
      name: 'web-iffe9-s1.marathon.mesos.',
    },
    {
      why: "of an agent with several tasks: the agents'",
      tasks: [at('10.0.0.7'), at('10.0.0.7', { id: 'other' })],
      address: '10.0.0.7',
      name: 'slave.mesos.',
    },
    {
      why: 'of a task at a master',
      tasks: [at('10.0.0.1')],
      address: '10.0.0.1',
      name: 'master0.mesos.',
    },
    {
      why: 'of a scheduler that is a task',
      tasks: [at('10.0.0.9')],
      address: '10.0.0.9',
      name: 'web-iffe9-s1.marathon.mesos.',
    },
    {
      why: 'of several tasks and nothing else: the first by the alphabet',
      tasks: [at('172.17.0.2', { id: 'b', name: 'b' }), at('172.17.0.2', { name: 'a' })],
      address: '172.17.0.2',
      name: 'a-iffe9-s1.marathon.mesos.',
    },
  ])('$why', ({ tasks = [], address, name }) => {
    const { targets, update } = setUp();
    update(clusterWith({ tasks }));
    expect(targets.get(address)).toBe(name);
  });

  test('of a name server stands before those of tasks', () => {
    const { targets, update, reachAt } = setUp();
    update(clusterWith({ tasks: [at('10.0.0.5')] }));
    reachAt('10.0.0.5');
    expect(targets.get('10.0.0.5')).toBe('ns1.mesos.');
    reachAt('10.0.0.6');
    expect(targets.get('10.0.0.5')).toBe('web-iffe9-s1.marathon.mesos.');
  });

  test('of an unhealthy task stays, for its own name does', () => {
    const { targets, update } = setUp({ leaveOutUnhealthy: true });
    const well = at('172.17.0.3', { id: 'well', isHealthy: true });
    update(clusterWith({ tasks: [well, at('172.17.0.2', { isHealthy: false })] }));
    expect(targets.get('172.17.0.2')).toBe('web-iffe9-s1.marathon.mesos.');
  });
});

test('follows what comes, moves and goes', () => {
  const { targets, update } = setUp();
  update(clusterWith());
  const without = new Map(targets);
  update(clusterWith({ tasks: [at('172.17.0.2')] }));
  expect(targets.get('172.17.0.2')).toBe('web-iffe9-s1.marathon.mesos.');
  update(clusterWith({ tasks: [at('172.18.0.3')] }));
  expect(targets.has('172.17.0.2')).toBe(false);
  expect(targets.get('172.18.0.3')).toBe('web-iffe9-s1.marathon.mesos.');
  update(
    clusterWith({ tasks: [at('172.18.0.3')], frameworks: [frameworkWith({ name: 'aurora' })] }),
  );
  expect(targets.get('172.18.0.3')).toBe('web-iffe9-s1.aurora.mesos.');
  update(clusterWith());
  expect(targets).toEqual(without);
});

test('whatever the steps: as made at once, every name has its address, every own name is told', () => {
  const address = fc.constantFrom('10.0.0.1', '10.0.0.7', '172.17.0.2', '172.17.0.3', 'fd00::1');
  const step = fc.record({
    tasks: fc.uniqueArray(fc.record({ id: fc.integer({ min: 0, max: 6 }), address }), {
      selector: ({ id }) => id,
    }),
    agents: fc.uniqueArray(address, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), steps => {
      const states = steps.map(({ tasks, agents }) =>
        clusterWith({
          agents: ['10.0.0.7', ...agents].map((host, index) =>
            agentWith({ id: `agents-S${index + 1}` as AgentId, pid: { host, port: 5051 } }),
          ),
          tasks: tasks.map(task => at(task.address, { id: `${task.id}` })),
        }),
      );
      const stepped = setUp();
      const zone = new Map(states.flatMap(state => [...stepped.update(state)]));
      const atOnce = setUp();
      atOnce.update(states.at(-1)!);
      expect(Object.fromEntries(stepped.targets)).toEqual(Object.fromEntries(atOnce.targets));
      const addresses = [...zone.values()].flat().filter(record => 'address' in record);
      for (const [told, target] of stepped.targets) {
        const isOwner = addresses.some(one => one.owner === target && one.address === told);
        expect(isOwner, `${target} has ${told}`).toBe(true);
      }
      for (const one of addresses) expect(stepped.targets.has(one.address)).toBe(true);
    }),
  );
});

test('zones are there once, none below another', () => {
  const networks = ['10.0.0.0/8', '10.1.0.0/16', '10.9.9.9/8', 'fc00::/7', 'fd00::/8'];
  expect(outermostReverseZones(networks.map(text => network(text)!))).toEqual([
    '10.in-addr.arpa.',
    'c.f.ip6.arpa.',
    'd.f.ip6.arpa.',
  ]);
});
