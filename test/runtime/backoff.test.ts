import { expect, test } from 'vitest';
import { fullJitterBackoff, type Random, seededRandom } from '../../src/runtime/index.ts';

const highest: Random = { uint32: () => 0xffffffff, below: bound => bound - 1 };

test('the step doubles from the first to the last, and starts again after a success', () => {
  const backoff = fullJitterBackoff(250, 1000, highest);
  expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([
    250, 500, 1000, 1000,
  ]);
  backoff.reset();
  expect(backoff.next()).toBe(250);
});

test('every pause lies between nothing and the step', () => {
  const backoff = fullJitterBackoff(1000, 1000, seededRandom(7));
  const pauses = Array.from({ length: 1000 }, () => backoff.next());
  expect(Math.min(...pauses)).toBeLessThan(50);
  expect(Math.max(...pauses)).toBeGreaterThan(950);
  expect(pauses.every(pause => pause >= 0 && pause <= 1000)).toBe(true);
});
