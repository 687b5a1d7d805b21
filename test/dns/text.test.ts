import { expect, test } from 'vitest';
import { fitsOneString, quotedText, textOctets } from '../../src/dns/index.ts';
import { textStrings } from '../../src/dns/text.ts';

test.each([
  { why: 'plain', text: 'env=prod', quoted: '"env=prod"' },
  { why: 'empty', text: '', quoted: '""' },
  { why: 'quotes and backslashes', text: 'a"b\\c', quoted: String.raw`"a\"b\\c"` },
  { why: 'what drives a terminal', text: '\u001b[2J', quoted: String.raw`"\027[2J"` },
  { why: 'other letters', text: 'é', quoted: String.raw`"\195\169"` },
])('a string with $why is quoted as master files have it', ({ text, quoted }) => {
  expect(quotedText(text)).toBe(quoted);
});

test('each string stands behind its length in octets', () => {
  expect([...textOctets(['a=é', ''])]).toEqual([4, 0x61, 0x3d, 0xc3, 0xa9, 0]);
});

test('255 octets fit into a string, not one more', () => {
  expect(fitsOneString('é'.repeat(127))).toBe(true);
  expect(fitsOneString('é'.repeat(128))).toBe(false);
});

test.each([
  { why: 'short', text: 'a=b', lengths: [3] },
  { why: 'empty', text: '', lengths: [0] },
  { why: 'long', text: 'x'.repeat(600), lengths: [255, 255, 90] },
  { why: 'of wide characters', text: 'é'.repeat(130), lengths: [254, 6] },
])('a text that is $why becomes as few strings as can be', ({ text, lengths }) => {
  const strings = textStrings(text);
  expect(strings.join('')).toBe(text);
  expect(strings.map(string => Buffer.byteLength(string))).toEqual(lengths);
});
