import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import { type NamingOptions, reachableAddresses, recordBook } from '../../src/records/index.ts';
import { rulesWith } from '../fakes/cluster.ts';
import { fixture, stateOf } from '../fakes/state-file.ts';
import { zoneText } from '../fakes/zone-text.ts';
import { PROJECT } from '../paths.ts';

interface Row {
  readonly name: string;
  readonly why: string;
  readonly masters: readonly string[];
  readonly options?: Partial<NamingOptions>;
}

const GOLDEN = join(PROJECT, 'test/golden');
const RECORDED = ['127.0.0.1:15050', '127.0.0.1:15051', '127.0.0.1:15052'];

/**
 * `all-kinds`, `agent-to-come-back` and both `hand-made` zones are read line by line against what
 * Mesos-DNS does with their states; the others by their differences from these.
 */
const recorded: readonly Row[] = [
  { name: 'all-kinds', why: 'every kind of task a real Mesos 1.12 was given', masters: RECORDED },
  { name: 'agent-unreachable', why: 'an agent gone with its tasks', masters: RECORDED },
  { name: 'framework-disconnected', why: 'a framework that is not active', masters: RECORDED },
  { name: 'scheduler-disconnected', why: 'one with a pid that is not active', masters: RECORDED },
  { name: 'ipv6-agent', why: 'agents and tasks of both families', masters: RECORDED },
  { name: 'pod', why: 'pods, whose tasks are named by discovery info', masters: RECORDED },
  {
    name: 'hand-made',
    why: 'scopes, forms of names, collisions',
    masters: ['10.0.0.2:5050', '10.0.0.3:5050'],
  },
];

/** Two that show options at work on the same states. */
const withOptions: readonly (Row & { readonly state: string })[] = [
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
    masters: RECORDED,
    options: { ipSources: ['host', 'netinfo'] },
  },
];

test.each([
  ...recorded.map(row => ({ ...row, state: row.name })),
  ...withOptions,
])('golden zone $name: $why', async ({ name, state, masters, options }) => {
  const text = readFileSync(join(GOLDEN, `${state}.state.json`), 'utf8');
  await expect(zoneOf(text, masters, options)).toMatchFileSnapshot(
    join(GOLDEN, `${name}.zone.txt`),
  );
});

test.each([
  { name: 'agent-to-come-back', state: 'agent2-unreachable', why: 'an agent away for a while' },
  { name: 'agent-back', state: 'agent2-back', why: 'the same agent back, with its tasks' },
  { name: 'framework-completed', state: 'kafka-completed', why: 'a framework torn down' },
])('golden zone $name: $why', async ({ name, state }) => {
  const text = fixture(`mesos-real/state/state-${state}.json.gz`);
  await expect(zoneOf(text, RECORDED)).toMatchFileSnapshot(join(GOLDEN, `${name}.zone.txt`));
});

test.each(['small-mixed', 'awkward-names'])('golden zone %s of the oracle', async name => {
  const options: Partial<NamingOptions> =
    name === 'awkward-names'
      ? { ipSources: ['mesos', 'docker', 'netinfo', 'host'], srvWeight: 5 }
      : {};
  const zone = zoneOf(fixture(`oracle/state-${name}.json.gz`), ['127.0.0.1:25050'], options);
  await expect(zone).toMatchFileSnapshot(join(GOLDEN, `${name}.zone.txt`));
});

function zoneOf(text: string, masters: readonly string[], options: Partial<NamingOptions> = {}) {
  const book = recordBook(rulesWith(options));
  const { changes } = book.update({ state: stateOf(text, masters), touched: 'all', faults: [] });
  const own = book.reachAt(reachableAddresses(['127.0.0.1'], [])).changes;
  return zoneText([...changes.values(), ...own.values()].flat());
}
