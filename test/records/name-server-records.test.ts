import { expect, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import { nameServerRecords, reachableAddresses } from '../../src/records/name-server-records.ts';
import { rulesWith } from '../fakes/cluster.ts';
import { recordLine } from '../fakes/zone-text.ts';

const INTERFACES = [
  '127.0.0.1',
  '::1',
  '10.0.0.5',
  '169.254.3.4',
  'fe80::1',
  'fe80::2%eth0',
  'fd00::5',
];

test.each([
  { why: 'a listener’s own address', listeners: ['127.0.0.1'], reach: ['127.0.0.1'] },
  { why: 'the IPv4 addresses for 0.0.0.0', listeners: ['0.0.0.0'], reach: ['10.0.0.5'] },
  { why: 'the IPv6 addresses for ::', listeners: ['::'], reach: ['fd00::5'] },
  {
    why: 'each address once',
    listeners: ['10.0.0.5', '0.0.0.0', '::'],
    reach: ['10.0.0.5', 'fd00::5'],
  },
])('clients reach us at $why', ({ listeners, reach }) => {
  expect(reachableAddresses(listeners, INTERFACES).map(({ text }) => text)).toEqual(reach);
});

test.each([
  {
    why: 'in our zone has addresses',
    name: 'ns1.mesos',
    lines: ['ns1.mesos. A 10.0.0.5'],
  },
  {
    why: 'is found whatever its case',
    name: 'NS1.Mesos',
    lines: ['ns1.mesos. A 10.0.0.5'],
  },
  { why: 'elsewhere has none of ours', name: 'ns.example', lines: [] },
])('a name server $why', ({ name, lines }) => {
  const rules = rulesWith({ nameServer: knownName(name) });
  const records = nameServerRecords(reachableAddresses(['10.0.0.5'], []), rules);
  expect(records.map(recordLine)).toEqual(lines);
});

test('secondaries stand in the NS records, those in our zone with their addresses', () => {
  const secondaries = [
    { name: knownName('ns2.mesos'), address: { host: '192.0.2.10' } },
    { name: knownName('ns2.mesos'), address: { host: '2001:db8::10' } },
    { name: knownName('ns.example'), address: { host: '192.0.2.11' } },
    { address: { host: '192.0.2.12' } },
  ];
  const records = nameServerRecords([], rulesWith({ secondaries }));
  expect(records.map(recordLine)).toEqual([
    'mesos. NS ns2.mesos.',
    'ns2.mesos. A 192.0.2.10',
    'ns2.mesos. AAAA 2001:db8::10',
    'mesos. NS ns.example.',
  ]);
});
