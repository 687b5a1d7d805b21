import { expect, test } from 'vitest';
import { fitsPattern } from '../../src/records/index.ts';

test.each([
  { why: 'the text itself', pattern: 'web', text: 'web', fits: true },
  { why: 'no more than the text', pattern: 'web', text: 'webs', fits: false },
  { why: 'a star for anything', pattern: '*', text: 'web', fits: true },
  { why: 'a star for nothing', pattern: 'web*', text: 'web', fits: true },
  { why: 'a head', pattern: 'test-*', text: 'test-1', fits: true },
  { why: 'a head that is not there', pattern: 'test-*', text: 'a-test-1', fits: false },
  { why: 'a tail', pattern: '*.mesos.', text: 'web.mesos.', fits: true },
  { why: 'head and tail that overlap', pattern: 'aba*aba', text: 'ababa', fits: false },
  { why: 'several parts in order', pattern: 'a*b*c', text: 'a1b2c', fits: true },
  { why: 'several parts out of order', pattern: 'a*c*b*z', text: 'a1b2cz', fits: false },
  { why: 'a middle that the tail has taken', pattern: '*b*b', text: 'ab', fits: false },
  { why: 'what a regular expression would read as more', pattern: 'a.c', text: 'abc', fits: false },
])('a pattern fits $why: $fits', ({ pattern, text, fits }) => {
  expect(fitsPattern(text, pattern)).toBe(fits);
});

test('no pattern takes long', () => {
  const pattern = `${'*a'.repeat(2000)}b`;
  expect(fitsPattern('a'.repeat(20_000), pattern)).toBe(false);
});
