import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fragment, label } from '../../src/records/label.ts';

test.each([
  { why: 'keeps a plain name', text: 'web', is: 'web' },
  { why: 'lowers case', text: 'Web', is: 'web' },
  { why: 'turns dots and underscores into hyphens', text: 'a.b_c', is: 'a-b-c' },
  { why: 'drops slashes, as in Marathon paths', text: '/prod/shop/api', is: 'prodshopapi' },
  { why: 'drops blanks and punctuation', text: 'shop @ eu!', is: 'shopeu' },
  { why: 'drops letters outside ASCII', text: 'caffè-ナイン', is: 'caff' },
  { why: 'has no case beyond ASCII: the Kelvin sign goes', text: '\u212Aelvin', is: 'elvin' },
  { why: 'cuts hyphens at the start', text: '--web', is: 'web' },
  { why: 'cuts hyphens at the end', text: 'web--', is: 'web' },
  { why: 'keeps hyphens inside', text: 'a--b', is: 'a--b' },
  { why: 'may be left with nothing', text: '___', is: '' },
  { why: 'keeps digits at the start', text: '9lives', is: '9lives' },
  { why: 'keeps 63 octets', text: 'x'.repeat(63), is: 'x'.repeat(63) },
  { why: 'cuts at 63 octets', text: 'x'.repeat(70), is: 'x'.repeat(63) },
  {
    why: 'makes up for hyphens stripped at the cut',
    text: `hello${'-'.repeat(58)}f`,
    is: 'hellof',
  },
  {
    why: 'makes up with no more than was stripped, be it hyphens',
    text: `${'x'.repeat(61)}--y--z`,
    is: `${'x'.repeat(61)}y-`,
  },
  {
    why: 'skips hyphens behind the cut',
    text: `${'x'.repeat(62)}---abc`,
    is: `${'x'.repeat(62)}a`,
  },
])('label $why', ({ text, is }) => {
  expect(label(text)).toBe(is);
});

test.each([
  { why: 'begins with a letter', text: '9-lives', is: 'lives' },
  {
    why: 'has 24 octets at most',
    text: 'abcdefghijklmnopqrstuvwxyz',
    is: 'abcdefghijklmnopqrstuvwx',
  },
  {
    why: 'is made up for like the other',
    text: 'abcdefghijklmnopqrstuvw-yz',
    is: 'abcdefghijklmnopqrstuvwy',
  },
  { why: 'may be all digits and vanish', text: '2024', is: '' },
])('an RFC 952 label $why', ({ text, is }) => {
  expect(label(text, true)).toBe(is);
});

test.each([
  { why: 'keeps the dots of a framework name', text: 'kafka.prod', is: 'kafka.prod' },
  { why: 'cleans each part', text: 'Kafka_A.PROD/eu', is: 'kafka-a.prodeu' },
  { why: 'drops parts with nothing left', text: '..kafka.@.prod.', is: 'kafka.prod' },
  { why: 'may be left with nothing', text: '@', is: '' },
  { why: 'drops blanks', text: 'chronos with a space', is: 'chronoswithaspace' },
])('fragment $why', ({ text, is }) => {
  expect(fragment(text)).toBe(is);
});

test('a label of any text has host characters only, and fits', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'Z', '9', '-', '.', '_', '/', 'é'),
    maxLength: 90,
  });
  fc.assert(
    fc.property(text, fc.boolean(), (name, isRfc952) => {
      const made = label(name, isRfc952);
      expect(made).toMatch(
        isRfc952 ? /^(?:[a-z][a-z0-9-]{0,23})?$/ : /^(?:[a-z0-9][a-z0-9-]{0,62})?$/,
      );
    }),
  );
});

test('a name made of hyphens takes no longer than its length asks for', () => {
  expect(label(`${'x-'.repeat(200_000)}${'-'.repeat(200_000)}`)).toHaveLength(63);
});
