import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOctets, ipAddress, network } from '../../src/dns/index.ts';
import { placeSteps } from '../../src/zone/place-steps.ts';
import { PlaceTable } from '../../src/zone/place-table.ts';
import { tableOf } from '../fakes/places.ts';

function find(table: PlaceTable, text: string, bits?: number) {
  const octets = addressOctets(ipAddress(text)!);
  const length = octets.length === 4 ? 4 : 16;
  const isKnown = table.findOctets(Uint8Array.from([9, ...octets]), 1, length, bits ?? 8 * length);
  const { agent, zone, region } = table;
  expect(isKnown).toBe(agent + zone + region > 0);
  return [agent, zone, region];
}

const NOWHERE = [0, 0, 0];
const table = tableOf({ '10.0.0.1': [1, 2, 3], '2001:db8::1': [4, 5, 6] }, [
  ['10.0.0.0/8', [0, 7, 8]],
  ['10.1.0.0/16', [0, 9, 8]],
  ['2001:db8::/32', [0, 0, 6]],
]);

test.each([
  { why: 'an address known by itself', text: '10.0.0.1', place: [1, 2, 3] },
  { why: 'by its network', text: '10.0.0.2', place: [0, 7, 8] },
  { why: 'by the longest prefix', text: '10.1.0.1', place: [0, 9, 8] },
  { why: 'nowhere', text: '11.0.0.1', place: NOWHERE },
  { why: 'an IPv6 address', text: '2001:db8::1', place: [4, 5, 6] },
  { why: 'an IPv6 network', text: '2001:db8::2', place: [0, 0, 6] },
  {
    why: 'the octets of an IPv4 network at the head of an IPv6 address',
    text: 'a01::',
    place: NOWHERE,
  },
  { why: 'too little known for an address', text: '10.0.0.1', bits: 31, place: [0, 7, 8] },
  { why: 'too little known for the longer prefix', text: '10.1.0.0', bits: 15, place: [0, 7, 8] },
  { why: 'too little known for any', text: '10.0.0.0', bits: 7, place: NOWHERE },
  { why: 'of nothing known', text: '0.0.0.0', bits: 0, place: NOWHERE },
])('finds $why', ({ text, bits, place }) => {
  expect(find(table, text, bits)).toEqual(place);
});

test('an IPv4-mapped address counts as IPv4', () => {
  const mapped = Uint8Array.from([...new Uint8Array(10), 255, 255, 10, 0, 0, 1]);
  expect(table.findOctets(mapped, 0, 16, 128)).toBe(true);
  expect(table.agent).toBe(1);
});

const anyAddress = fc.oneof(
  fc.nat(40).map(last => `10.0.0.${last}`),
  fc.nat(40).map(last => `2001:db8::${last.toString(16)}`),
  fc.ipV4(),
);
const anyPlace = fc.record({
  agent: fc.nat(9),
  zone: fc.nat(9),
  region: fc.integer({ min: 1, max: 9 }),
});

test('law: whatever is set and removed, the table is what a map would be', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyAddress, fc.option(anyPlace, { nil: undefined })), { maxLength: 3000 }),
      fc.integer(),
      (changes, seed) => {
        const model = new Map<string, unknown>();
        const own = new PlaceTable([], seed);
        for (const step of placeSteps(changes)) own.applyStep(step);
        for (const [address, place] of changes) {
          if (place) model.set(address, place);
          else model.delete(address);
        }
        expect(own.count).toBe(model.size);
        for (const [address] of changes) {
          const [agent, zone, region] = find(own, address);
          const wanted = model.get(address) ?? { agent: 0, zone: 0, region: 0 };
          expect({ agent, zone, region }).toEqual(wanted);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('a step touches 400 addresses at the most', () => {
  const many = Array.from({ length: 1000 }, (_, index) => {
    const place = { agent: index, zone: 1, region: 1 };
    return [`10.0.${index >> 8}.${index & 255}`, place] as const;
  });
  const steps = [...placeSteps(many)];
  expect(steps.map(({ octets }) => Math.floor(octets.length / 18))).toEqual([400, 400, 200]);
  const own = new PlaceTable([], 1);
  for (const step of steps) own.applyStep(step);
  expect(own.count).toBe(1000);
  expect([...placeSteps([])]).toEqual([]);
});

test('networks as written in a config are found as octets', () => {
  const own = new PlaceTable(
    [{ network: network('0.0.0.0/0')!, place: { agent: 0, zone: 1, region: 2 } }],
    1,
  );
  expect(find(own, '203.0.113.9')).toEqual([0, 1, 2]);
});
