import fc from 'fast-check';
import { expect, test } from 'vitest';
import { skipString } from '../../src/mesos/skip-string.ts';

/** As the runtime's own reader sees it: the place behind the quote that ends the string. */
function endByTheBook(text: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return -1;
}

/** Goes through `text` in pieces, as a reader with a window does. */
function endInPieces(text: string, size: number): number {
  let at = 0;
  for (let from = 0; from < text.length; from += size) {
    const piece = Buffer.from(text.slice(from, from + size));
    if (at - from >= piece.length) continue;
    // What is behind the end of a window is left over from before.
    const window = Buffer.concat([Buffer.from(' '), piece, Buffer.from('""""')]);
    const behind = skipString(window, at - from + 1, piece.length + 1);
    if (behind > 0) return from + behind - 1;
    at = from - behind - 1;
  }
  return -1;
}

const INSIDE = fc.oneof(
  fc.constantFrom('\\', '\\\\', '"', '\\"', 'a'),
  fc.integer({ min: 1, max: 60 }).map(length => 'x'.repeat(length)),
);

test('law: strings end where they do, whatever is escaped and however they are cut', () => {
  fc.assert(
    fc.property(
      fc.array(INSIDE, { maxLength: 30 }),
      fc.integer({ min: 1, max: 90 }),
      (parts, size) => {
        const text = `${parts.join('')}"`;
        expect(endInPieces(text, size)).toBe(endByTheBook(text));
      },
    ),
    { numRuns: 2_000 },
  );
});
