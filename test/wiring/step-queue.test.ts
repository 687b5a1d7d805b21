import { expect, test } from 'vitest';
import { StepQueue } from '../../src/wiring/step-queue.ts';
import type { AnswerTable, DeltaStep } from '../../src/zone/index.ts';

const turn = () => new Promise(resolve => setImmediate(resolve));

function queue() {
  const applied: number[] = [];
  const table = {
    applyStep: ({ octets }: DeltaStep) => void applied.push(octets[0]),
  } as unknown as AnswerTable;
  return { steps: new StepQueue(table), applied };
}

const step = (number: number): DeltaStep => ({ octets: Uint8Array.of(number) });

test('the first step is applied at once, those behind it one a turn', async () => {
  const { steps, applied } = queue();
  for (const number of [1, 2, 3]) steps.add(step(number));
  expect(applied).toEqual([1]);
  await turn();
  expect(applied).toEqual([1, 2]);
  await turn();
  expect(applied).toEqual([1, 2, 3]);
});

test('what comes after steps waits for them, and for nothing else', async () => {
  const { steps, applied } = queue();
  const seen: (readonly number[])[] = [];
  const look = () => void seen.push([...applied]);
  steps.after(look);
  expect(seen).toEqual([[]]);
  steps.add(step(1));
  steps.add(step(2));
  steps.after(look);
  steps.add(step(3));
  for (let turns = 0; turns < 4; turns++) await turn();
  expect(seen).toEqual([[], [1, 2]]);
  expect(applied).toEqual([1, 2, 3]);
});
