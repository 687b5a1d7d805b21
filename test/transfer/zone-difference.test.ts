import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AddressRecord, knownName, type RRset, serial } from '../../src/dns/index.ts';
import { ZoneHistory, zoneDifference } from '../../src/transfer/index.ts';

/** Last octets of addresses, by the number of a name. */
const zones = fc.dictionary(
  fc.integer({ min: 0, max: 6 }).map(String),
  fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1 }),
);
type Zone = Readonly<Record<string, readonly number[]>>;

const rrsetsOf = (zone: Zone): RRset[] =>
  Object.entries(zone).map(([number, octets]) => {
    const owner = knownName(`n${number}.mesos`);
    const records = octets.map((octet): AddressRecord => {
      return { type: 'A', owner, address: `10.0.0.${octet}` };
    });
    return { owner, type: 'A', records };
  });

const lines = (rrsets: Iterable<RRset>) =>
  [...rrsets]
    .flatMap(({ records }) => records)
    .map(record => `${record.owner} ${record.type === 'A' ? record.address : ''}`)
    .toSorted();

function apply(before: readonly RRset[], removed: readonly RRset[], added: readonly RRset[]) {
  const zone = new Map(before.map(rrset => [rrset.owner, rrset]));
  for (const { owner } of removed) expect(zone.delete(owner)).toBe(true);
  for (const rrset of added) {
    expect(zone.has(rrset.owner)).toBe(false);
    zone.set(rrset.owner, rrset);
  }
  return zone.values();
}

test('the difference of any two zones leads from one to the other, and holds nothing else', () => {
  fc.assert(
    fc.property(zones, zones, (a, b) => {
      const [before, after] = [rrsetsOf(a), rrsetsOf(b)];
      const { removed, added } = zoneDifference(serial(1), before, serial(2), after);
      expect(lines(apply(before, removed, added))).toEqual(lines(after));
      for (const rrset of removed) {
        const again = added.find(({ owner }) => owner === rrset.owner);
        expect(lines(again ? [again] : [])).not.toEqual(lines([rrset]));
      }
    }),
  );
});

test('a history leads from each remembered version to the last, in one difference', () => {
  fc.assert(
    fc.property(fc.array(zones, { minLength: 2, maxLength: 6 }), fc.nat(), (versions, pick) => {
      const history = new ZoneHistory({ maxRecords: 1000, maxAgeMs: 1000 });
      const whole = versions.map(rrsetsOf);
      for (let at = 1; at < whole.length; at++) {
        history.push(zoneDifference(serial(at), whole[at - 1], serial(at + 1), whole[at]), 0);
      }
      const from = pick % (whole.length - 1);
      const { removed, added } = history.since(serial(from + 1))!;
      expect(lines(apply(whole[from], removed, added))).toEqual(lines(whole.at(-1)!));
    }),
  );
});

test.each([
  { why: 'too many records', limits: { maxRecords: 4, maxAgeMs: 1000 }, atMs: 0, left: [3, 4] },
  { why: 'too old', limits: { maxRecords: 1000, maxAgeMs: 10 }, atMs: 4, left: [2, 3, 4] },
])('a history forgets what is $why', ({ limits, atMs, left }) => {
  const history = new ZoneHistory(limits);
  for (let version = 1; version < 5; version++) {
    const [before, after] = [rrsetsOf({ 0: [version] }), rrsetsOf({ 0: [version + 1] })];
    const delta = zoneDifference(serial(version), before, serial(version + 1), after);
    history.push(delta, version * atMs);
  }
  expect(history.entries.map(({ delta }) => delta.from)).toEqual(left);
});
