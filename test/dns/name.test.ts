import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  domainName,
  isAtOrBelow,
  knownName,
  labelsOf,
  nameOctets,
  parentName,
  readName,
} from '../../src/dns/index.ts';

test.each([
  { why: 'adds the final dot', text: 'web.mesos', name: 'web.mesos.' },
  { why: 'lowers ASCII letters', text: 'Web.MESOS.', name: 'web.mesos.' },
  { why: 'knows the root', text: '.', name: '.' },
  { why: 'keeps underscores', text: '_web._tcp.mesos', name: '_web._tcp.mesos.' },
  { why: 'keeps an escaped dot inside a label', text: 'a\\.b.mesos', name: 'a\\.b.mesos.' },
  { why: 'spells an octet in one way only', text: '\\097.mesos', name: 'a.mesos.' },
  { why: 'takes a label of 63 octets', text: 'x'.repeat(63), name: `${'x'.repeat(63)}.` },
  { why: 'refuses a label of 64 octets', text: 'x'.repeat(64), name: undefined },
  { why: 'refuses an empty label', text: 'a..b', name: undefined },
  { why: 'refuses letters outside ASCII', text: 'caffè.mesos', name: undefined },
  { why: 'refuses an escape over 255', text: '\\256.mesos', name: undefined },
  {
    why: 'takes a name of 255 octets',
    text: `${'ab.'.repeat(84)}a`,
    name: `${'ab.'.repeat(84)}a.`,
  },
  { why: 'refuses a name of 256 octets', text: `${'ab.'.repeat(84)}ab`, name: undefined },
])('domainName $why', ({ text, name }) => {
  expect(domainName(text)).toBe(name);
});

test('any labels survive the way to octets and back', () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(label, { maxLength: 12 }), labels => {
      const octets = Uint8Array.from([...labels.flatMap(part => [part.length, ...part]), 0]);
      const read = readName(octets, 0, octets.length);
      expect(read?.next).toBe(octets.length);
      const again = nameOctets(read!.name);
      expect(readName(again, 0, again.length)?.name).toBe(read!.name);
      expect(domainName(read!.name)).toBe(read!.name);
      expect(labelsOf(read!.name)).toHaveLength(labels.length);
    }),
  );
});

test.each([
  { why: 'itself', name: 'mesos', ancestor: 'mesos', is: true },
  { why: 'a child', name: 'web.mesos', ancestor: 'mesos', is: true },
  { why: 'anything below the root', name: 'web.mesos', ancestor: '.', is: true },
  { why: 'not a name that only ends alike', name: 'xmesos', ancestor: 'mesos', is: false },
  { why: 'not a label that holds the dot', name: 'web\\.mesos', ancestor: 'mesos', is: false },
])('isAtOrBelow: $why', ({ name, ancestor, is }) => {
  expect(isAtOrBelow(knownName(name), knownName(ancestor))).toBe(is);
});

test('the parent of a name is one label up, and the root its own', () => {
  expect(parentName(knownName('a\\.b.web.mesos'))).toBe('web.mesos.');
  expect(parentName(knownName('mesos'))).toBe('.');
  expect(parentName(knownName('.'))).toBe('.');
});

test.each([
  { why: 'a pointer', octets: [0xc0, 0x0c] },
  { why: 'a label that runs past the end', octets: [5, 97, 98] },
  { why: 'no final zero octet', octets: [1, 97] },
  { why: 'nothing at all', octets: [] },
])('readName refuses $why', ({ octets }) => {
  expect(readName(Uint8Array.from(octets), 0, octets.length)).toBeUndefined();
});
