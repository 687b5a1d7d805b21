import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZooKeeperError } from '../../src/zookeeper/error.ts';
import { FrameCutter, MAX_FRAME_OCTETS } from '../../src/zookeeper/frames.ts';
import { JuteReader, JuteWriter } from '../../src/zookeeper/jute.ts';
import { readConnected, readReplyHeader } from '../../src/zookeeper/protocol.ts';

/** Feeds octets in pieces of the sizes given, over and over. */
function cut(octets: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const cutter = new FrameCutter();
  const frames: Buffer[] = [];
  for (let at = 0, turn = 0; at < octets.length; turn++) {
    const size = sizes[turn % sizes.length];
    frames.push(...cutter.push(octets.subarray(at, at + size)).map(frame => Buffer.from(frame)));
    at += size;
  }
  return frames;
}

test('cut anywhere, the same frames come out', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), sizes, (bodies, pieces) => {
      const octets = Buffer.concat(bodies.map(body => new JuteWriter().octets(body).frame()));
      const frames = cut(octets, pieces).map(frame => new JuteReader(frame).octets());
      expect(frames.map(frame => [...frame])).toEqual(bodies.map(body => [...body]));
    }),
  );
});

test('any octets are frames, or garbage that is told as such', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), octets => {
      const readers = [
        (frame: Buffer) => void readConnected(frame),
        (frame: Buffer) => void readReplyHeader(new JuteReader(frame)),
        (frame: Buffer) => void new JuteReader(frame).texts(),
      ];
      for (const read of readers) {
        try {
          read(Buffer.from(octets));
          for (const frame of new FrameCutter().push(Buffer.from(octets))) read(frame);
        } catch (error) {
          expect(error).toBeInstanceOf(ZooKeeperError);
        }
      }
    }),
  );
});

test('a frame past the limit is refused by its length alone', () => {
  const length = (octets: number) => {
    const head = Buffer.alloc(4);
    head.writeInt32BE(octets);
    return head;
  };
  expect(new FrameCutter().push(length(MAX_FRAME_OCTETS))).toEqual([]);
  expect(() => new FrameCutter().push(length(MAX_FRAME_OCTETS + 1))).toThrow(ZooKeeperError);
});

test('what the writer writes, the reader reads', () => {
  const frame = new JuteWriter()
    .int(-2)
    .long(-3n)
    .boolean(true)
    .text('ä')
    .octets(Buffer.of(1))
    .frame();
  const reader = new JuteReader(frame.subarray(4));
  expect([reader.int(), reader.long()]).toEqual([-2, -3n]);
  expect(frame.readInt32BE(0)).toBe(frame.length - 4);
});
