import { expect, test } from 'vitest';
import { LineBudget } from '../../src/wiring/line-budget.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

test('twenty lines at once, then one a second, which tells how many were left out', async () => {
  const clock = new SimulatedClock();
  const budget = new LineBudget(clock);
  const said: number[] = [];
  const speak = (times: number) => {
    for (let time = 0; time < times; time++) budget.spend(unsaid => said.push(unsaid));
  };
  speak(1_000);
  expect(said).toEqual(Array(20).fill(0));
  await clock.advance(1_999);
  speak(500);
  expect(said.slice(20)).toEqual([980]);
  await clock.advance(3_600_000);
  speak(1_000);
  expect(said.slice(21)).toEqual([499, ...Array(19).fill(0)]);
});
