import { expect, test } from 'vitest';
import { Patience } from '../../src/mesos/patience.ts';

test('the limit doubles while it is not enough, to eight times, until the leader is quick again', () => {
  const patience = new Patience();
  const factors = [patience.factor];
  for (let times = 0; times < 4; times++) {
    patience.ranOut();
    factors.push(patience.factor);
  }
  expect(factors).toEqual([1, 2, 4, 8, 8]);
  patience.answered(12_000);
  expect(patience.factor).toBe(8);
  patience.answered(4_000);
  expect(patience.factor).toBe(1);
});
