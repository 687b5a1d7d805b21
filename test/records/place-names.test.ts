import { expect, test } from 'vitest';
import { network, type ResourceRecord, recordValue } from '../../src/dns/index.ts';
import type { Agent, AgentId, ClusterState, FrameworkId, TaskKey } from '../../src/mesos/index.ts';
import { recordBook } from '../../src/records/index.ts';
import { agentWith, clusterWith, frameworkWith, rulesWith, taskWith } from '../fakes/cluster.ts';

const LOCALITY = {
  attribute: 'rack',
  networks: [{ network: network('10.8.0.0/16')!, region: 'West', zone: '' }],
};

const agent = (number: number, facts: Partial<Agent>) =>
  agentWith({ id: `S${number}` as AgentId, pid: { host: `10.0.0.${number}`, port: 1 }, ...facts });
const task = (number: number, address: string) =>
  taskWith({
    key: `F/${number}` as TaskKey,
    id: `web.${number}`,
    agentId: `S${number}` as AgentId,
    addresses: { netinfo: [address], docker: [], mesos: [] },
    hostPorts: [31_000 + number],
  });
const inZone = (zone: string) => ({ faultDomain: { region: 'eu', zone } });

const state = clusterWith({
  agents: [
    agent(1, inZone('eu-a')),
    agent(2, inZone('eu-a')),
    agent(3, inZone('EU_b!')),
    agent(4, { attributes: [['rack', 'r7']] }),
    agent(5, { pid: { host: '10.8.0.5', port: 1 } }),
    agent(6, {}),
  ],
  tasks: [1, 2, 3, 4, 5, 6].map(number => task(number, `10.1.0.${number}`)),
});

/** The records of a state that end in `.zone` or `.region`, a line each. */
function placed(of: ClusterState, locality: typeof LOCALITY | undefined = LOCALITY) {
  const book = recordBook(rulesWith({ localityNames: locality }));
  const { changes } = book.update({ state: of, touched: 'all', faults: [] });
  const records: ResourceRecord[] = [...changes.values()].flat();
  return records
    .filter(({ owner }) => /\.(?:zone|region)\.mesos\.$/.test(owner))
    .map(record => `${record.owner} ${record.type} ${recordValue(record)}`)
    .toSorted();
}

test('the instances of a zone and of a region have names of their own', () => {
  expect(placed(state).filter(line => line.includes(' A '))).toEqual([
    'web.marathon.eu-a.zone.mesos. A 10.1.0.1',
    'web.marathon.eu-a.zone.mesos. A 10.1.0.2',
    'web.marathon.eu-b.zone.mesos. A 10.1.0.3',
    'web.marathon.eu.region.mesos. A 10.1.0.1',
    'web.marathon.eu.region.mesos. A 10.1.0.2',
    'web.marathon.eu.region.mesos. A 10.1.0.3',
    'web.marathon.r7.zone.mesos. A 10.1.0.4',
    'web.marathon.west.region.mesos. A 10.1.0.5',
  ]);
});

test('so do their ports, which lead where the ports of each lead elsewhere', () => {
  const ports = placed(state).filter(line => line.startsWith('_web._tcp.marathon.eu-a.zone.'));
  expect(ports.map(line => line.replace(/web-\w+/, 'web-HASH'))).toEqual([
    '_web._tcp.marathon.eu-a.zone.mesos. SRV 0 1 31001 web-HASH-s1.marathon.slave.mesos.',
    '_web._tcp.marathon.eu-a.zone.mesos. SRV 0 1 31002 web-HASH-s2.marathon.slave.mesos.',
  ]);
});

test('none where they are not asked for', () => {
  const book = recordBook(rulesWith());
  const { changes } = book.update({ state, touched: 'all', faults: [] });
  const owners = [...changes.values()].flat().map(({ owner }) => owner);
  expect(owners.filter(owner => /zone|region/.test(owner))).toEqual([]);
});

test("a name that Mesos-DNS gives to another framework's task stays that one's", () => {
  const other = frameworkWith({ id: 'other' as FrameworkId, name: 'marathon.eu-a.zone' });
  const taken = taskWith({
    key: 'other/1' as TaskKey,
    id: 'web.taken',
    frameworkId: other.id,
    agentId: 'S6' as AgentId,
    addresses: { netinfo: ['10.2.0.1'], docker: [], mesos: [] },
  });
  const both = clusterWith({
    agents: [...state.agents.values()],
    frameworks: [frameworkWith(), other],
    tasks: [...state.tasks.values(), taken],
  });
  const lines = placed(both).filter(line => line.startsWith('web.marathon.eu-a.zone.mesos. A'));
  expect(lines).toEqual(['web.marathon.eu-a.zone.mesos. A 10.2.0.1']);
});
