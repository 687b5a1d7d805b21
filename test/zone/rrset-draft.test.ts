import { expect, test } from 'vitest';
import { knownName, type ResourceRecord } from '../../src/dns/index.ts';
import { RRsetDraft } from '../../src/zone/rrset-draft.ts';
import { srv } from '../fakes/answering-zone.ts';

const OWNER = '_web._tcp.mesos';
const record = (port: number, target = `web-${port}.mesos`): ResourceRecord =>
  srv(OWNER, port, target);
const many = Array.from({ length: 30 }, (_, port) => record(port));
const draftOf = (records: readonly ResourceRecord[], counts?: readonly number[]) => {
  const owner = knownName(OWNER);
  return new RRsetDraft(owner, 'SRV', { owner, type: 'SRV', records }, counts);
};

test.each([
  { why: 'a few records', records: many.slice(0, 3) },
  { why: 'many records', records: many },
])('$why: taken away and given back, nothing has changed', ({ records }) => {
  const draft = draftOf(records);
  for (const gone of records) draft.remove({ ...gone });
  for (const back of records.toReversed()) draft.add({ ...back });
  expect(draft.finish()).toBe(draft.before);
});

test.each([
  { why: 'the same target, another port', added: record(99, 'web-1.mesos') },
  { why: 'the same port, another target', added: record(1, 'web-99.mesos') },
  { why: 'another weight', added: { ...record(1), weight: 7 } as ResourceRecord },
])('a record of its own: $why', ({ added }) => {
  for (const records of [many.slice(0, 3), many]) {
    const draft = draftOf(records);
    for (let search = 0; search < 6; search++) draft.add({ ...records[0] });
    draft.add(added);
    expect(draft.finish()?.records).toEqual([...records, added]);
  }
});

test('a record goes with its last source, the others keep their order', () => {
  const draft = draftOf(
    many,
    many.map(() => 2),
  );
  draft.remove(many[4]);
  draft.remove(many[4]);
  draft.remove(many[7]);
  expect(draft.finish()?.records).toEqual(many.filter(kept => kept !== many[4]));
  expect(draft.counts?.[6]).toBe(1);
});

test('nothing is left when all are gone', () => {
  const draft = draftOf(many.slice(0, 2));
  for (const gone of many.slice(0, 2)) draft.remove(gone);
  expect(draft.finish()).toBeUndefined();
});
