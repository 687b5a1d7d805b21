import { expect, test } from 'vitest';
import { isOlderSerial, nextSerial, serial } from '../../src/dns/index.ts';

test.each([
  { why: 'counts up', a: 1, b: 2, older: true },
  { why: 'is not older than itself', a: 7, b: 7, older: false },
  { why: 'wraps', a: 4294967295, b: 0, older: true },
  { why: 'has an order up to 2^31 - 1 ahead', a: 0, b: 2 ** 31 - 1, older: true },
  { why: 'has none at 2^31', a: 0, b: 2 ** 31, older: false },
  { why: 'has none at 2^31 the other way', a: 2 ** 31, b: 0, older: false },
])('isOlderSerial $why', ({ a, b, older }) => {
  expect(isOlderSerial(serial(a), serial(b))).toBe(older);
});

test.each([
  { why: 'is the Unix time at first', previous: undefined, now: 1000, next: 1000 },
  { why: 'follows the time where that is newer', previous: 900, now: 1000, next: 1000 },
  { why: 'is one more within a second', previous: 1000, now: 1000, next: 1001 },
  { why: 'never goes back with the clock', previous: 1000, now: 10, next: 1001 },
])('nextSerial $why', ({ previous, now, next }) => {
  expect(nextSerial(previous === undefined ? undefined : serial(previous), now)).toBe(next);
});
