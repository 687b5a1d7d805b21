import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { isAtOrBelow } from '../../src/dns/index.ts';
import { type ClusterState, StateError, StateReader } from '../../src/mesos/index.ts';
import { recordBook } from '../../src/records/index.ts';
import { rulesWith } from '../fakes/cluster.ts';
import { fixture, stateOf } from '../fakes/state-file.ts';
import { zoneText } from '../fakes/zone-text.ts';
import { hasShared, PROJECT, SHARED } from '../paths.ts';

function decoded(octets: Uint8Array): ClusterState {
  const state = new StateReader().read(octets);
  const leader = state.leader.address;
  return { ...state, leader, masters: [leader], heldTasks: new Map(), hostAddresses: new Map() };
}

function golden(file: string): string {
  return readFileSync(join(PROJECT, 'test/golden', file), 'utf8');
}

function recordsOf(state: ClusterState) {
  const { changes } = recordBook(rulesWith()).update({ state, touched: 'all', faults: [] });
  return [...changes.values()].flat();
}

const ORACLE = ['small-mixed', 'awkward-names', 'discovery-and-hot'];
const RECORDED = ['agent2-unreachable', 'agent2-back', 'kafka-completed', 'kafka-disconnected'];
const GOLDEN = ['all-kinds', 'hand-made', 'ipv6-agent', 'pod', 'scheduler-disconnected'];

test.each([
  ...ORACLE.map(name => ({ name, text: fixture(`oracle/state-${name}.json.gz`) })),
  ...RECORDED.map(name => ({ name, text: fixture(`mesos-real/state/state-${name}.json.gz`) })),
  ...GOLDEN.map(name => ({ name, text: golden(`${name}.state.json`) })),
])('the decoder’s state $name gives the zone of a plain reading', ({ text }) => {
  const { host, port } = decoded(Buffer.from(text)).leader;
  const plain = stateOf(text, [`${host}:${port}`]);
  expect(zoneText(recordsOf(decoded(Buffer.from(text))))).toBe(zoneText(recordsOf(plain)));
});

describe.runIf(hasShared)('states from the wild', () => {
  const folders = ['fixtures/real', 'fixtures/mesos-real/state'].map(path => join(SHARED, path));
  // What is skipped is collected all the same.
  const files = (hasShared ? folders : []).flatMap(folder =>
    readdirSync(folder)
      .filter(file => /^state-(?!summary).*\.json(\.gz)?$/.test(file))
      .map(file => join(folder, file)),
  );

  test.each(files)('%s gives records, all below the domain', file => {
    const raw = readFileSync(file);
    const octets = file.endsWith('.gz') ? gunzipSync(raw) : raw;
    let state: ClusterState;
    try {
      state = decoded(octets);
    } catch (error) {
      // Dumps of masters that do not lead are refused as a whole, for a reason that is told.
      expect(error).toBeInstanceOf(StateError);
      return;
    }
    const records = recordsOf(state);
    expect(records.length).toBeGreaterThan(3);
    expect(records.filter(({ owner }) => !isAtOrBelow(owner, rulesWith().domain))).toEqual([]);
  });
});
