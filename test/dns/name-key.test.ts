import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldName, isAtOrBelowOctets, KEY_WORDS, unpackWord } from '../../src/dns/index.ts';

const anyName = fc.uint8Array({ minLength: 1, maxLength: 255 });
const SEED = 99;

function fold(octets: Uint8Array, seed = SEED) {
  const key = new Int32Array(KEY_WORDS);
  const readable = new Uint8Array(octets.length + 5).fill(0xee);
  readable.set(octets, 1);
  return { key, hash: foldName(key, readable, 1, octets.length, seed) };
}

const lower = (octets: Uint8Array) =>
  octets.map(octet => (octet > 0x40 && octet < 0x5b ? octet + 0x20 : octet));

test('any octets: the key is the name in lower case, whatever follows it', () => {
  fc.assert(
    fc.property(anyName, octets => {
      const { key } = fold(octets);
      const unpacked = new Uint8Array(octets.length);
      for (let at = 0; at < octets.length; at += 4) {
        unpackWord(unpacked, at, key[at >> 2], Math.min(4, octets.length - at));
      }
      expect(unpacked).toEqual(lower(octets));
    }),
  );
});

test('letter case does not change the hash, another seed does', () => {
  fc.assert(
    fc.property(anyName, octets => {
      expect(fold(octets)).toEqual(fold(lower(octets)));
      expect(fold(octets, SEED + 1).hash).not.toBe(fold(octets).hash);
    }),
  );
});

test('hashes of like names fill the low bits evenly', () => {
  const slots = new Set<number>();
  for (let number = 0; number < 4096; number++) {
    const label = Buffer.from(`web${number}`);
    const name = Uint8Array.from([label.length, ...label, 5, 109, 101, 115, 111, 115, 0]);
    slots.add(fold(name).hash & 0xffff);
  }
  // Of 4,096 throws into 65,536 slots about 124 meet another one.
  expect(slots.size).toBeGreaterThan(3900);
});

const octets = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const MESOS = octets('\x05mesos\0');

test.each([
  { why: 'itself', name: '\x05mesos\0', is: true },
  { why: 'itself in capitals', name: '\x05MESOS\0', is: true },
  { why: 'a child', name: '\x03web\x05mesos\0', is: true },
  { why: 'not its parent', name: '\0', is: false },
  { why: 'not a longer label', name: '\x06xmesos\0', is: false },
  { why: 'not a label that holds the octets', name: '\x09web\x05mesos\0', is: false },
  { why: 'not a neighbour', name: '\x03web\x05mesot\0', is: false },
])('isAtOrBelowOctets: $why', ({ name, is }) => {
  expect(isAtOrBelowOctets(octets(name), 0, name.length, MESOS)).toBe(is);
});
