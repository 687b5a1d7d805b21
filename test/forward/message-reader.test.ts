import { encode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readUpstreamMessage, skipName } from '../../src/forward/message-reader.ts';
import { scrub } from '../../src/forward/scrub.ts';

const HEADER = [0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0];
const QUESTION = [1, 0x61, 0, 0, 1, 0, 1];

function wire(...octets: readonly number[]): Uint8Array {
  return Uint8Array.from(octets);
}

describe('skipName', () => {
  const at12 = (...octets: readonly number[]) => wire(...HEADER, ...octets);
  test.each([
    { why: 'takes the root', octets: at12(0), at: 12, next: 13 },
    { why: 'takes labels', octets: at12(1, 0x61, 2, 0x62, 0x63, 0), at: 12, next: 18 },
    { why: 'takes a pointer back', octets: at12(1, 0x61, 0, 0xc0, 12), at: 15, next: 17 },
    { why: 'refuses a pointer to itself', octets: at12(0xc0, 12), at: 12, next: -1 },
    { why: 'refuses a pointer forward', octets: at12(0xc0, 14, 0), at: 12, next: -1 },
    { why: 'refuses a pointer into the header', octets: at12(0xc0, 4), at: 12, next: -1 },
    {
      why: 'refuses a pointer back to the part it ends',
      octets: at12(1, 0x61, 0xc0, 12),
      at: 12,
      next: -1,
    },
    { why: 'refuses a cut pointer', octets: at12(0xc0), at: 12, next: -1 },
    { why: 'refuses a cut label', octets: at12(5, 0x61), at: 12, next: -1 },
    { why: 'refuses a name without an end', octets: at12(1, 0x61), at: 12, next: -1 },
    { why: 'refuses label types of old', octets: at12(0x41, 0, 0), at: 12, next: -1 },
    { why: 'takes 255 octets', octets: at12(...longName(255)), at: 12, next: 267 },
    { why: 'refuses 256 octets', octets: at12(...longName(256)), at: 12, next: -1 },
  ])('$why', ({ octets, at, next }) => {
    expect(skipName(octets, at)).toBe(next);
  });
});

/** A name of so many octets, the root's among them. */
function longName(length: number): number[] {
  const octets: number[] = [];
  for (let rest = length - 1; rest > 0; ) {
    const label = Math.min(63, rest - 1);
    octets.push(label, ...Array.from({ length: label }, () => 0x61));
    rest -= label + 1;
  }
  return [...octets, 0];
}

describe('readUpstreamMessage', () => {
  test.each([
    { why: 'a header alone', octets: wire(...HEADER) },
    { why: 'nothing', octets: wire() },
    { why: 'two questions', octets: wire(...HEADER.with(5, 2), ...QUESTION, ...QUESTION) },
    {
      why: 'counts that promise more than there is',
      octets: wire(...HEADER.with(6, 255), ...QUESTION),
    },
    {
      why: 'a record cut short',
      octets: wire(...HEADER.with(7, 1), ...QUESTION, 0, 0, 1, 0, 1, 0, 0),
    },
    {
      why: 'data that runs past the end',
      octets: wire(...HEADER.with(7, 1), ...QUESTION, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 5, 1, 2),
    },
    {
      why: 'two OPT records',
      octets: wire(...HEADER.with(11, 2), ...QUESTION, ...opt(), ...opt()),
    },
  ])('refuses $why', ({ octets }) => {
    expect(readUpstreamMessage(octets)).toBeUndefined();
  });

  test('adds the upper bits of the response code from OPT', () => {
    const octets = wire(...HEADER.with(11, 1), ...QUESTION, ...opt(1));
    expect(readUpstreamMessage(octets)).toMatchObject({ rcode: 16, records: [] });
  });

  test('any octets: no throw, and places inside the message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), octets => {
        checkPlaces(octets);
      }),
      { numRuns: 3000 },
    );
  });

  test('any change to a good message: no throw, and places inside the message', () => {
    const good = encode({
      type: 'response',
      questions: [{ type: 'A', name: 'www.example.com' }],
      answers: [
        { type: 'CNAME', name: 'www.example.com', ttl: 5, data: 'web.example.com' },
        { type: 'A', name: 'web.example.com', ttl: 5, data: '192.0.2.1' },
      ],
      authorities: [{ type: 'NS', name: 'example.com', ttl: 5, data: 'ns.example.com' }],
      additionals: [
        { type: 'SRV', name: 'x.example.com', ttl: 5, data: { port: 1, target: 'a.b' } },
      ],
    });
    const change = fc.record({ at: fc.nat(good.length - 1), octet: fc.nat(255) });
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.nat(good.length),
        (all, cut) => {
          const octets = Uint8Array.from(good);
          for (const { at, octet } of all) octets[at] = octet;
          checkPlaces(octets);
          checkPlaces(octets.slice(0, cut));
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('a message full of the longest pointer chains is read within bounds', () => {
    // Each record's owner points at the one before: the chain is as deep as there are records.
    const records = 5000;
    const octets = Buffer.alloc(19 + records * 12);
    octets.set([...HEADER, ...QUESTION]);
    octets.writeUInt16BE(records, 6);
    for (let index = 0, before = 12; index < records; index++) {
      const at = 19 + index * 12;
      octets.writeUInt16BE(0xc000 | (before & 0x3fff), at);
      octets.writeUInt16BE(1, at + 2);
      octets.writeUInt16BE(1, at + 4);
      before = at;
    }
    expect(readUpstreamMessage(octets)).toBeUndefined();
    expect(skipName(octets, 19 + 126 * 12)).toBe(21 + 126 * 12);
    expect(skipName(octets, 19 + 127 * 12)).toBe(-1);
  });
});

function opt(upperRcode = 0): number[] {
  return [0, 0, 41, 4, 208, upperRcode, 0, 0, 0, 0, 0];
}

function checkPlaces(octets: Uint8Array): void {
  const message = readUpstreamMessage(octets);
  if (!message) return;
  for (const { ownerAt, fixedAt, dataAt, end } of message.records) {
    expect(12 < ownerAt && ownerAt < fixedAt && fixedAt + 10 === dataAt).toBe(true);
    expect(dataAt <= end && end <= octets.length).toBe(true);
  }
  const scrubbed = scrub(message, () => false);
  if (scrubbed) expect(readUpstreamMessage(scrubbed.octets)?.records).toEqual(scrubbed.records);
}
