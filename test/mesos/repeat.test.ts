import { expect, test } from 'vitest';
import { repeat } from '../../src/mesos/repeat.ts';
import { type Log, quietLog } from '../../src/runtime/index.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

test('a step that throws is logged, and the next comes after a second', async () => {
  const clock = new SimulatedClock();
  const closing = new AbortController();
  const errors: string[] = [];
  const log: Log = { ...quietLog(), error: message => void errors.push(message) };
  const steps: number[] = [];
  const step = async () => {
    steps.push(clock.monotonic());
    if (steps.length === 3) closing.abort();
    else throw new Error('not ours to foresee');
  };
  const repeated = repeat(step, { clock, log }, closing.signal);
  await clock.advance(5_000);
  await repeated;
  expect(steps).toEqual([0, 1_000, 2_000]);
  expect(errors).toHaveLength(2);
});
