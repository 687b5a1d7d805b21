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
import { hasShared, SHARED } from '../paths.ts';

function decoded(octets: Uint8Array): ClusterState {
  const state = new StateReader().read(octets);
  const leader = state.leader.address;
  return { ...state, leader, masters: [leader], heldTasks: new Map(), hostAddresses: new Map() };
}

function recordsOf(state: ClusterState) {
  const { changes } = recordBook(rulesWith()).update({ state, touched: 'all', faults: [] });
  return [...changes.values()].flat();
}

test.each([
  'small-mixed',
  'awkward-names',
  'discovery-and-hot',
])('the decoder’s state %s gives the zone of a plain reading', name => {
  const text = fixture(`oracle/state-${name}.json.gz`);
  const plain = stateOf(text, ['127.0.0.1:25050']);
  expect(zoneText(recordsOf(decoded(Buffer.from(text))))).toBe(zoneText(recordsOf(plain)));
});

describe.runIf(hasShared)('states from the wild', () => {
  const folders = ['fixtures/real', 'fixtures/mesos-real/state'].map(path => join(SHARED, path));
  const files = folders.flatMap(folder =>
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
