import { expect, test } from 'vitest';
import type { Agent } from '../../src/mesos/index.ts';
import { agentRecords } from '../../src/records/agent-records.ts';
import { agentWith, clusterWith, rulesWith } from '../fakes/cluster.ts';
import { recordLine } from '../fakes/zone-text.ts';

const PORT = '_slave._tcp.mesos. SRV 0 1 5051 slave.mesos.';

test.each<{ why: string; facts: Partial<Agent>; lines: string[]; causes: string[] }>([
  { why: 'has address and port', facts: {}, lines: ['slave.mesos. A 10.0.0.7', PORT], causes: [] },
  {
    why: 'may be at an IPv6 address',
    facts: { pid: { host: '2001:db8::1', port: 5051 } },
    lines: ['slave.mesos. AAAA 2001:db8::1', PORT],
    causes: [],
  },
  {
    why: 'without a pid has the address of its host name, but no port',
    facts: { pid: undefined },
    lines: ['slave.mesos. A 10.0.0.8'],
    causes: ['agent-pid'],
  },
  {
    why: 'whose host name is unknown has only its port',
    facts: { pid: { host: 'elsewhere.example', port: 5051 } },
    lines: [PORT],
    causes: ['no-address'],
  },
  {
    why: 'whose address is broken has only its port',
    facts: { pid: { host: '10.0.7', port: 5051 } },
    lines: [PORT],
    causes: ['no-address'],
  },
])('an agent $why', ({ facts, lines, causes }) => {
  const state = clusterWith({ hosts: { 'agent1.example': ['10.0.0.8'] } });
  const { records, faults } = agentRecords(agentWith(facts), state, rulesWith());
  expect(records.map(recordLine)).toEqual(lines);
  expect(faults.map(({ cause }) => cause)).toEqual(causes);
});
