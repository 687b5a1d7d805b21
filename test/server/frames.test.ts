import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Octets } from '../../src/dns/index.ts';
import { frameOf } from '../../src/server/frames.ts';
import { readFrames } from '../fakes/read-frames.ts';

function cut(stream: Octets, places: readonly number[]): Octets[] {
  const ends = [...new Set(places.map(place => place % (stream.length + 1)))].sort((a, b) => a - b);
  const bounds = [0, ...ends, stream.length];
  return bounds.slice(1).map((end, index) => stream.subarray(bounds[index], end));
}

const message = fc.uint8Array({ minLength: 12, maxLength: 5000 });

test('cut anywhere, a stream holds the same messages', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.nat()), (messages, places) => {
      const stream = Buffer.concat(messages.map(frameOf));
      const expected = messages.map(octets => Buffer.from(octets).toString('hex'));
      expect(readFrames(cut(stream, places))).toEqual({
        messages: expected,
        isMalformed: false,
        isInside: false,
      });
    }),
  );
});

test('cut anywhere, any octets give the same messages and the same end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.array(fc.nat()), (stream, places) => {
      expect(readFrames(cut(stream, places))).toEqual(readFrames([stream]));
    }),
  );
});

describe('a stream that ends', () => {
  const whole = frameOf(new Uint8Array(20).fill(7));
  test.each([
    { why: 'after a whole message is outside', stream: whole, isInside: false },
    { why: 'inside a length is inside', stream: whole.subarray(0, 1), isInside: true },
    { why: 'inside a message is inside', stream: whole.subarray(0, 9), isInside: true },
  ])('$why', ({ stream, isInside }) => {
    expect(readFrames([stream]).isInside).toBe(isInside);
  });
});

test('a message of the longest length is read octet by octet', () => {
  const longest = frameOf(new Uint8Array(65_535).fill(9));
  const chunks = Array.from(longest, octet => Uint8Array.of(octet));
  expect(readFrames(chunks).messages).toHaveLength(1);
});
