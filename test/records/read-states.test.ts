import { readdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { isAtOrBelow } from '../../src/dns/index.ts';
import { type ClusterState, type MasterState, StateReader } from '../../src/mesos/index.ts';
import { recordBook } from '../../src/records/index.ts';
import { agentTail, taskHash } from '../../src/records/task-hash.ts';
import { rulesWith } from '../fakes/cluster.ts';
import { fixture, stateOf } from '../fakes/state-file.ts';
import { zoneText } from '../fakes/zone-text.ts';
import { hasShared, PROJECT, SHARED } from '../paths.ts';

function decoded(octets: Uint8Array, asked?: MasterState['leader']): ClusterState {
  const state = new StateReader().read(octets, asked);
  const leader = state.leader.address;
  return { ...state, leader, masters: [leader], heldTasks: new Map(), hostAddresses: new Map() };
}

function golden(file: string): string {
  return readFileSync(join(PROJECT, 'test/golden', file), 'utf8');
}

function updateOf(state: ClusterState) {
  return recordBook(rulesWith()).update({ state, touched: 'all', faults: [] });
}

function recordsOf(state: ClusterState) {
  return [...updateOf(state).changes.values()].flat();
}

const statesIn = (folder: string) =>
  readdirSync(join(PROJECT, 'test', folder)).filter(file => /^state-|\.state\.json$/.test(file));

test.each([
  ...['oracle', 'mesos-real/state'].flatMap(folder =>
    statesIn(`fixtures/${folder}`).map(name => ({ name, text: fixture(`${folder}/${name}`) })),
  ),
  ...statesIn('golden').map(name => ({ name, text: golden(name) })),
])('the decoder’s state $name gives the zone of a plain reading', ({ text }) => {
  const { host, port } = decoded(Buffer.from(text)).leader;
  const plain = stateOf(text, [`${host}:${port}`]);
  expect(zoneText(recordsOf(decoded(Buffer.from(text))))).toBe(zoneText(recordsOf(plain)));
});

test.each([
  'agent3-unreachable',
  'kafka-completed',
])('GET_STATE of %s (v1) makes the zone of /state but for the port of a scheduler', moment => {
  const [plain, v1] = ['state', 'v1-GET_STATE'].map(call =>
    Buffer.from(fixture(`mesos-real/state/${call}-${moment}.json.gz`)),
  );
  const { leader } = new StateReader().read(plain);
  const port = '_framework._tcp.chronos.mesos. SRV 0 1 35373 chronos.mesos.\n';
  expect(zoneText(recordsOf(decoded(v1, leader)))).toBe(
    zoneText(recordsOf(decoded(plain))).replace(port, ''),
  );
});

describe.runIf(hasShared)('states from the wild', () => {
  const folders = ['fixtures/real', 'fixtures/mesos-real/state'].map(path => join(SHARED, path));
  // What is skipped is collected all the same.
  const files = (hasShared ? folders : []).flatMap(folder =>
    readdirSync(folder)
      .filter(file => /^state-(?!summary).*\.json(\.gz)?$/.test(file))
      .map(file => join(folder, file)),
  );

  test.each(files)('%s gives the zone of a plain reading, all below the domain', file => {
    const state = decoded(octetsOf(file));
    const plain = stateOf(Buffer.from(octetsOf(file)).toString());
    const records = recordsOf(state);
    expect(records.length).toBeGreaterThan(2);
    expect(records.filter(({ owner }) => !isAtOrBelow(owner, rulesWith().domain))).toEqual([]);
    expect(zoneText(records)).toBe(zoneText(recordsOf({ ...plain, masters: [plain.leader] })));
  });

  test.each(files)('%s: who runs on a listed agent is found, or told of', file => {
    const state = decoded(octetsOf(file));
    const { changes, faults } = updateOf(state);
    const owners = [...changes.values()].flat().map(({ owner }) => owner.split('.')[0]);
    const instances = new Set(owners.map(label => label.split('-').slice(-2).join('-')));
    const told = faults
      .filter(({ cause }) => cause === 'name' || cause === 'unknown-framework')
      .map(({ what }) => what);
    const running = [...state.tasks.values()].filter(
      ({ state: now, agentId }) => now === 'TASK_RUNNING' && state.agents.has(agentId),
    );
    const lost = running.filter(
      ({ id, agentId }) =>
        !instances.has(`${taskHash(id)}-${agentTail(agentId)}`) &&
        !told.some(what => what.includes(id)),
    );
    expect(lost.map(({ id }) => id)).toEqual([]);
  });

  test.each(files)('%s: every service points to an address, unless its host is a name', file => {
    const state = decoded(octetsOf(file));
    const hosts = [state.leader, ...[...state.agents.values()].map(({ pid }) => pid)];
    const isNamed = hosts.some(host => isIP(host?.host ?? '') === 0);
    const records = recordsOf(state);
    const addressed = new Set(
      records.filter(({ type }) => type !== 'SRV').map(({ owner }) => owner),
    );
    const dead = records.filter(record => record.type === 'SRV' && !addressed.has(record.target));
    expect(isNamed ? [] : dead).toEqual([]);
  });
});

function octetsOf(file: string): Uint8Array {
  const raw = readFileSync(file);
  return file.endsWith('.gz') ? gunzipSync(raw) : raw;
}
