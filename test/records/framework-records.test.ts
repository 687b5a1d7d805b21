import { expect, test } from 'vitest';
import type { Framework } from '../../src/mesos/index.ts';
import { frameworkRecords } from '../../src/records/framework-records.ts';
import { clusterWith, frameworkWith, rulesWith } from '../fakes/cluster.ts';
import { recordLine } from '../fakes/zone-text.ts';

test.each<{ why: string; facts: Partial<Framework>; lines: string[]; causes: string[] }>([
  {
    why: 'has address and port',
    facts: {},
    lines: [
      'marathon.mesos. A 10.0.0.9',
      '_framework._tcp.marathon.mesos. SRV 0 1 8080 marathon.mesos.',
    ],
    causes: [],
  },
  {
    why: 'keeps them when it is not active',
    facts: { isActive: false },
    lines: [
      'marathon.mesos. A 10.0.0.9',
      '_framework._tcp.marathon.mesos. SRV 0 1 8080 marathon.mesos.',
    ],
    causes: [],
  },
  {
    why: 'of several labels keeps them',
    facts: { name: 'Kafka.PROD' },
    lines: [
      'kafka.prod.mesos. A 10.0.0.9',
      '_framework._tcp.kafka.prod.mesos. SRV 0 1 8080 kafka.prod.mesos.',
    ],
    causes: [],
  },
  {
    why: 'without a pid has the address of its host name',
    facts: { pid: undefined },
    lines: ['marathon.mesos. A 10.0.0.10'],
    causes: [],
  },
  {
    why: 'without a pid may have an address as host name',
    facts: { pid: undefined, hostname: '10.0.0.11' },
    lines: ['marathon.mesos. A 10.0.0.11'],
    causes: [],
  },
  {
    why: 'without pid and host name has none',
    facts: { pid: undefined, hostname: '' },
    lines: [],
    causes: [],
  },
  {
    why: 'whose host is unknown has none',
    facts: { pid: { host: 'nowhere.example', port: 1 } },
    lines: [],
    causes: ['no-address'],
  },
  { why: 'without a usable name has none', facts: { name: '@@' }, lines: [], causes: ['name'] },
])('a framework $why', ({ facts, lines, causes }) => {
  const state = clusterWith({ hosts: { 'scheduler.example': ['10.0.0.10'] } });
  const { records, faults } = frameworkRecords(frameworkWith(facts), state, rulesWith());
  expect(records.map(recordLine)).toEqual(lines);
  expect(faults.map(({ cause }) => cause)).toEqual(causes);
});
