import { expect, test } from 'vitest';
import { StepQueue } from '../../src/wiring/step-queue.ts';
import type { AnswerTable, DeltaStep } from '../../src/zone/index.ts';

const turn = () => new Promise(resolve => setImmediate(resolve));

function queue() {
  const applied: number[] = [];
  const table = {
    applyStep: ({ octets }: DeltaStep) => void applied.push(octets[0]),
  } as unknown as AnswerTable;
  const steps = new StepQueue();
  const add = (number: number) => steps.add({ octets: Uint8Array.of(number) }, table);
  return { steps, add, applied };
}

test('the first step is applied at once, those behind it one a turn', async () => {
  const { add, applied } = queue();
  for (const number of [1, 2, 3]) add(number);
  expect(applied).toEqual([1]);
  await turn();
  expect(applied).toEqual([1, 2]);
  await turn();
  expect(applied).toEqual([1, 2, 3]);
});

test('a step that was applied gives its memory back at once', () => {
  const steps = new StepQueue();
  const octets = Uint8Array.of(1, 2, 3);
  steps.add({ octets }, { applyStep: () => {} });
  expect(octets).toHaveLength(0);
});

test('what comes after steps waits for them, and for nothing else', async () => {
  const { steps, add, applied } = queue();
  const seen: (readonly number[])[] = [];
  const look = () => void seen.push([...applied]);
  steps.after(look);
  expect(seen).toEqual([[]]);
  add(1);
  add(2);
  steps.after(look);
  add(3);
  for (let turns = 0; turns < 4; turns++) await turn();
  expect(seen).toEqual([[], [1, 2]]);
  expect(applied).toEqual([1, 2, 3]);
});
