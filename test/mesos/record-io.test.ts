import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordReader } from '../../src/mesos/record-io.ts';
import { StateError } from '../../src/mesos/state-error.ts';

/** The records in `octets`, when they come in pieces of `size`. */
function records(octets: Buffer, size = Number.POSITIVE_INFINITY): string[] {
  const found: string[] = [];
  let pieces: Buffer[] = [];
  const reader = new RecordReader({
    begin: () => {
      pieces = [];
    },
    piece: piece => void pieces.push(Buffer.from(piece)),
    end: () => void found.push(Buffer.concat(pieces).toString()),
  });
  for (let at = 0; at < octets.length; at += size) reader.write(octets.subarray(at, at + size));
  reader.finish();
  return found;
}

const record = (text: string) => `${Buffer.byteLength(text)}\n${text}`;

test('law: cut anywhere, the same records come out; lengths count octets', () => {
  const property = fc.property(
    fc.array(fc.string({ unit: 'grapheme' })),
    fc.nat(20),
    (texts, size) => {
      expect(records(Buffer.from(texts.map(record).join('')), size + 1)).toEqual(texts);
    },
  );
  fc.assert(property, { numRuns: 300 });
});

test('empty lines before a length are passed over', () => {
  expect(records(Buffer.from(`\n\n${record('a')}\n${record('b')}`))).toEqual(['a', 'b']);
});

test.each([
  { why: 'no digits', text: 'HTTP/1.1', as: 'record' },
  { why: 'a sign', text: '-1\n', as: 'record' },
  { why: 'blanks', text: ' 5\nabcde', as: 'record' },
  { why: 'carriage returns', text: '5\r\nabcde', as: 'record' },
  { why: 'more than anybody sends', text: '99999999999\n', as: 'record' },
  { why: 'the end inside a record', text: '5\nabc', as: 'truncated' },
  { why: 'the end inside a length', text: '5', as: 'truncated' },
  { why: 'the end behind a length', text: '5\n', as: 'truncated' },
])('a stream that cannot be followed: $why', ({ text, as }) => {
  const read = () => records(Buffer.from(text));
  expect(read).toThrow(StateError);
  expect(read).toThrow(expect.objectContaining({ rejection: as }));
});
