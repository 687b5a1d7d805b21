import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import { type NamingOptions, reachableAddresses, recordBook } from '../../src/records/index.ts';
import { rulesWith } from '../fakes/cluster.ts';
import { fixture, stateOf } from '../fakes/state-file.ts';
import { zoneText } from '../fakes/zone-text.ts';
import { PROJECT } from '../paths.ts';

/** Every zone here is reviewed by hand: test/golden/README.md says how, and what each one shows. */
interface Row {
  readonly name: string;
  readonly why: string;
  /** `test/golden/NAME.state.json`, or the path of a fixture. Default: the name of the zone. */
  readonly state?: string;
  readonly masters: readonly string[];
  readonly options?: Partial<NamingOptions>;
}

const GOLDEN = join(PROJECT, 'test/golden');
const MASTERS = ['127.0.0.1:15050', '127.0.0.1:15051', '127.0.0.1:15052'];
const recorded = (moment: string) => ({
  state: `mesos-real/state/state-${moment}.json.gz`,
  masters: MASTERS,
});

const ofMesos112: readonly Row[] = [
  { name: 'all-kinds', why: 'every kind of task a real Mesos was given', masters: MASTERS },
  { name: 'ipv6-agent', why: 'agents and tasks of both families', masters: MASTERS },
  { name: 'pod', why: 'pods, whose tasks are called after the container', masters: MASTERS },
  { name: 'agent-unreachable', why: 'an agent gone', ...recorded('agent3-unreachable') },
  { name: 'agent-to-come-back', why: 'most tasks away', ...recorded('agent2-unreachable') },
  { name: 'agent-back', why: 'the same agent back, with its tasks', ...recorded('agent2-back') },
  { name: 'framework-disconnected', why: 'not active', ...recorded('kafka-disconnected') },
  { name: 'framework-completed', why: 'torn down', ...recorded('kafka-completed') },
  {
    name: 'scheduler-disconnected',
    why: 'one with a pid that is not active',
    ...recorded('leader-marathon-19-tasks-chronos-disconnected'),
  },
];

const ofOlderMesos: readonly Row[] = [
  {
    name: 'mesos-0.19',
    why: 'no discovery info, pids of frameworks, active flags or addresses of tasks',
    masters: ['192.0.2.1:5050', '192.0.2.2:5050'],
  },
  {
    name: 'mesos-0.24',
    why: 'addresses in labels of the newest running status',
    masters: ['198.51.100.1:5050'],
    options: { ipSources: ['docker', 'mesos', 'host'] },
  },
  { name: 'mesos-0.25', why: 'one ip_address a network', masters: ['203.0.113.1:5050'] },
  {
    name: 'mesos-0.28',
    why: 'ip_address beside ip_addresses, and orphans',
    masters: ['192.0.2.20:5050', '192.0.2.22:5050'],
  },
  { name: 'mesos-1.0', why: 'networks, scopes, no pids (HTTP)', masters: ['198.51.100.20:5050'] },
  { name: 'mesos-1.4', why: 'recovered, unreachable, IPv6', masters: ['203.0.113.20:5050'] },
];

const handMade: readonly Row[] = [
  {
    name: 'hand-made',
    why: 'scopes, forms of names, collisions',
    masters: ['10.0.0.2:5050', '10.0.0.3:5050'],
  },
  {
    name: 'hand-made-rfc952',
    state: 'hand-made',
    why: 'labels of RFC 952, in another domain',
    masters: ['10.0.0.3:5050'],
    options: {
      domain: knownName('c1.example'),
      nameServer: knownName('ns.c1.example'),
      enforceRfc952: true,
      srvWeight: 10,
    },
  },
  {
    name: 'all-kinds-host-first',
    state: 'all-kinds',
    why: 'the agent’s addresses before the task’s own',
    masters: MASTERS,
    options: { ipSources: ['host', 'netinfo'] },
  },
  {
    name: 'all-kinds-published',
    state: 'all-kinds',
    why: 'no task with a label, none for its framework alone',
    masters: MASTERS,
    options: {
      publish: {
        include: [],
        exclude: [{ label: { key: 'HAPROXY_GROUP', value: 'ext*' } }],
        minVisibility: 'CLUSTER',
        dormant: new Set(),
      },
    },
  },
  {
    name: 'all-kinds-browsed',
    state: 'all-kinds',
    why: 'services to be browsed by DNS-SD, two labels told',
    masters: MASTERS,
    options: { serviceDiscovery: true, txtLabels: ['HAPROXY_GROUP', 'empty'] },
  },
  {
    name: 'further-names',
    why: 'every rule that goes beyond Mesos-DNS',
    masters: ['10.0.0.1:5050'],
    options: {
      aliasLabel: 'dns-name',
      groupNames: true,
      agentNames: true,
      addressNames: true,
      addressLabel: 'dns-address',
      portIndexNames: true,
      srvWeightLabel: 'dns-weight',
      srvPriorityLabel: 'dns-priority',
      staticRecords: [
        { type: 'A', owner: knownName('db.mesos'), address: '10.1.2.3' },
        { type: 'A', owner: knownName('slave.mesos'), address: '10.9.9.9' },
      ],
      aliases: [
        {
          type: 'CNAME',
          owner: knownName('shopfront.mesos'),
          target: knownName('www.marathon.mesos'),
        },
        {
          type: 'CNAME',
          owner: knownName('api.marathon.mesos'),
          target: knownName('db.mesos'),
        },
      ],
    },
  },
  {
    name: 'small-mixed',
    state: 'oracle/state-small-mixed.json.gz',
    why: 'every state a task can be in',
    masters: ['127.0.0.1:25050'],
  },
  {
    name: 'awkward-names',
    state: 'oracle/state-awkward-names.json.gz',
    why: 'names of every kind',
    masters: ['127.0.0.1:25050'],
    options: { ipSources: ['mesos', 'docker', 'netinfo', 'host'], srvWeight: 5 },
  },
];

test.each([...ofMesos112, ...ofOlderMesos, ...handMade])('golden zone $name: $why', async ({
  name,
  state = name,
  masters,
  options = {},
}) => {
  const zone = join(GOLDEN, `${name}.zone.txt`);
  await expect(zoneOf(stateText(state), masters, options)).toMatchFileSnapshot(zone);
});

function stateText(state: string): string {
  if (state.endsWith('.gz')) return fixture(state);
  return readFileSync(join(GOLDEN, `${state}.state.json`), 'utf8');
}

function zoneOf(text: string, masters: readonly string[], options: Partial<NamingOptions>) {
  const book = recordBook(rulesWith(options));
  const { changes } = book.update({ state: stateOf(text, masters), touched: 'all', faults: [] });
  const own = book.reachAt(reachableAddresses(['127.0.0.1'], [])).changes;
  return zoneText([...changes.values(), ...own.values()].flat());
}
