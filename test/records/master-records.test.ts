import { describe, expect, test } from 'vitest';
import type { HostPort } from '../../src/mesos/index.ts';
import { masterRecords } from '../../src/records/master-records.ts';
import { clusterWith, rulesWith } from '../fakes/cluster.ts';
import { recordLine } from '../fakes/zone-text.ts';

const at = (host: string, port = 5050): HostPort => ({ host, port });

function made(leader: HostPort, masters: readonly HostPort[], hosts = {}) {
  const { records, faults } = masterRecords(clusterWith({ leader, masters, hosts }), rulesWith());
  const numbered = records
    .filter(({ owner }) => /^master\d/.test(owner))
    .map(record => recordLine(record).replace('.mesos. A ', ' '));
  return { lines: records.map(recordLine), numbered, faults };
}

test('the leader has addresses, ports by TCP and UDP, and is one of the masters', () => {
  expect(made(at('10.0.0.1'), [at('10.0.0.1')]).lines).toEqual([
    'leader.mesos. A 10.0.0.1',
    'master.mesos. A 10.0.0.1',
    '_leader._tcp.mesos. SRV 0 1 5050 leader.mesos.',
    '_leader._udp.mesos. SRV 0 1 5050 leader.mesos.',
    'master0.mesos. A 10.0.0.1',
  ]);
});

describe('masters are numbered', () => {
  test.each([
    {
      why: 'in the order of the list, the leader at its place',
      leader: at('10.0.0.2'),
      masters: [at('10.0.0.1'), at('10.0.0.2'), at('10.0.0.3')],
      numbered: ['master0 10.0.0.1', 'master1 10.0.0.2', 'master2 10.0.0.3'],
    },
    {
      why: 'with the leader last when the list lacks it',
      leader: at('10.0.0.9'),
      masters: [at('10.0.0.1')],
      numbered: ['master0 10.0.0.1', 'master1 10.0.0.9'],
    },
    {
      why: 'doubles left out',
      leader: at('10.0.0.2'),
      masters: [at('10.0.0.1'), at('10.0.0.1'), at('10.0.0.2'), at('10.0.0.2')],
      numbered: ['master0 10.0.0.1', 'master1 10.0.0.2'],
    },
    {
      why: 'an entry with the leader’s address but another port left out, the leader last',
      leader: at('10.0.0.1'),
      masters: [at('10.0.0.1', 5051), at('10.0.0.2')],
      numbered: ['master0 10.0.0.2', 'master1 10.0.0.1'],
    },
    {
      why: 'IPv6 addresses compared as addresses',
      leader: at('fd00::1'),
      masters: [at('FD00:0::1')],
      numbered: ['master0.mesos. AAAA fd00::1'],
    },
  ])('$why', ({ leader, masters, numbered }) => {
    expect(made(leader, masters).numbered).toEqual(numbered);
  });

  test('a host name without a known address keeps its number', () => {
    const { numbered, faults } = made(at('10.0.0.2'), [at('m1.example'), at('10.0.0.2')]);
    expect(numbered).toEqual(['master1 10.0.0.2']);
    expect(faults).toEqual([{ cause: 'no-address', what: 'master0' }]);
  });
});

test('masters given by host name have the addresses their names have', () => {
  const { lines } = made(at('m1.example'), [at('m1.example')], {
    'm1.example': ['10.0.0.4', 'fd00::4'],
  });
  expect(lines).toEqual([
    'leader.mesos. A 10.0.0.4',
    'leader.mesos. AAAA fd00::4',
    'master.mesos. A 10.0.0.4',
    'master.mesos. AAAA fd00::4',
    '_leader._tcp.mesos. SRV 0 1 5050 leader.mesos.',
    '_leader._udp.mesos. SRV 0 1 5050 leader.mesos.',
    'master0.mesos. A 10.0.0.4',
    'master0.mesos. AAAA fd00::4',
  ]);
});
