import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readName } from '../../src/dns/index.ts';
import { MessageNames, withAncestors } from '../../src/forward/message-names.ts';
import { skipName } from '../../src/forward/message-reader.ts';

const HEADER = [0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0];

test('a name is lowered and written out in full', () => {
  const octets = Uint8Array.of(...HEADER, 2, 0x4d, 0x45, 0, 1, 0x58, 0xc0, 12);
  const names = new MessageNames(octets);
  expect(names.at(16)).toBe('\x01x\x02me\0');
  expect(names.at(12)).toBe('\x02me\0');
});

test('labels decide what is above what', () => {
  expect(withAncestors('\x03www\x02me\0')).toEqual(['\x03www\x02me\0', '\x02me\0', '\0']);
  expect(withAncestors('\x04\x02me\0\0')).toEqual(['\x04\x02me\0\0', '\0']);
});

test('any octets: a name is known exactly when it can be skipped', () => {
  // Small octets make labels and pointers that lead somewhere likely.
  const octet = fc.oneof(fc.nat(4), fc.constantFrom(0xc0, 0x41, 0x61), fc.nat(255), fc.nat(40));
  fc.assert(
    fc.property(fc.array(octet, { minLength: 13, maxLength: 60 }), all => {
      const octets = Uint8Array.from(all);
      for (let at = 12; at < octets.length; at++) {
        expect(new MessageNames(octets).at(at) !== undefined).toBe(skipName(octets, at) >= 0);
      }
    }),
    { numRuns: 2000 },
  );
});

test('names without pointers read as those of a query', () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(label, { maxLength: 8 }), labels => {
      const wire = labels.flatMap(octets => [octets.length, ...octets]);
      const octets = Uint8Array.of(...HEADER, ...wire, 0);
      const text = new MessageNames(octets).at(12) ?? '';
      const again = Buffer.from(text, 'latin1');
      expect(readName(again, 0, again.length)?.name).toBe(
        readName(octets, 12, octets.length)?.name,
      );
    }),
  );
});
