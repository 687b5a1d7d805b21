import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader } from '../../src/forward/frame-reader.ts';
import { framed } from '../fakes/upstream.ts';

test('cut anywhere, a stream yields the same messages', () => {
  const message = fc.uint8Array({ minLength: 12, maxLength: 300 });
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), cuts, (messages, lengths) => {
      const stream = Buffer.concat(messages.map(framed));
      const reader = new FrameReader();
      const read: Buffer[] = [];
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const length = lengths[turn % lengths.length];
        read.push(...(reader.read(stream.subarray(at, at + length)) ?? []));
        at += length;
      }
      expect(read.map(octets => [...octets])).toEqual(messages.map(octets => [...octets]));
    }),
  );
});

test.each([
  { why: 'zero', octets: [0, 0] },
  { why: 'less than a header', octets: [0, 11] },
])('a length of $why ends the stream as soon as it is seen', ({ octets }) => {
  expect(new FrameReader().read(Buffer.from(octets))).toBeUndefined();
  const reader = new FrameReader();
  expect(reader.read(Buffer.from(octets.slice(0, 1)))).toEqual([]);
  expect(reader.read(Buffer.from(octets.slice(1)))).toBeUndefined();
});
