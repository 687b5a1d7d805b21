import { expect, test } from 'vitest';
import { nearest } from '../../src/config/index.ts';

test.each([
  { why: 'a letter dropped', text: 'refrshSeconds', meant: 'refreshSeconds' },
  { why: 'two letters swapped', text: 'refershSeconds', meant: 'refreshSeconds' },
  { why: 'a letter too many', text: 'portt', meant: 'port' },
  { why: 'other case', text: 'PROT', meant: 'port' },
  { why: 'nothing like it', text: 'colour', meant: undefined },
  { why: 'the empty text', text: '', meant: undefined },
])('nearest: $why', ({ text, meant }) => {
  expect(nearest(text, ['refreshSeconds', 'port', 'domain'])).toBe(meant);
});
