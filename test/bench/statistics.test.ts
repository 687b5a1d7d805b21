import { expect, test } from 'vitest';
import { median, percentile, roundRatios, spread } from '../../bench/measure/statistics.ts';

test.each([
  { values: [3, 1, 2], middle: 2 },
  { values: [4, 1, 2, 3], middle: 2.5 },
  { values: [7], middle: 7 },
  { values: [], middle: Number.NaN },
])('the median of $values is $middle', ({ values, middle }) => {
  expect(median(values)).toBe(middle);
});

test('a spread is half the distance between least and most, over the median', () => {
  expect(spread([90, 100, 110])).toBeCloseTo(0.1);
});

test('a ratio is taken round by round, so that a slow round falls out', () => {
  // The machine was half as fast in the second round, for both.
  expect(roundRatios([200, 100, 202], [100, 50, 101])).toEqual([2, 2, 2]);
});

test.each([
  { share: 0.5, value: 50 },
  { share: 0.99, value: 99 },
  { share: 1, value: 99 },
])('the percentile $share of 0 to 99 is $value', ({ share, value }) => {
  expect(
    percentile(
      Array.from({ length: 100 }, (_, index) => index),
      share,
    ),
  ).toBe(value);
});
