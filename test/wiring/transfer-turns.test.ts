import { expect, test } from 'vitest';
import { TransferTurns } from '../../src/wiring/transfer-turns.ts';

/** Three that want a turn where two may have one. */
function three() {
  const turns = new TransferTurns(2);
  const begun: string[] = [];
  const leave = ['first', 'second', 'third'].map(who => turns.take(() => begun.push(who)));
  const state = () => ({ begun: begun.join(), atWork: turns.atWork, waiting: turns.waiting });
  return { turns, leave, state };
}

test('who finds all turns taken waits for one that ends', () => {
  const { turns, leave, state } = three();
  expect(state()).toEqual({ begun: 'first,second', atWork: 2, waiting: 1 });
  leave[1]();
  expect(state()).toEqual({ begun: 'first,second,third', atWork: 2, waiting: 0 });
  expect(turns.delayed).toBe(1);
});

test('who leaves the line never begins', () => {
  const { leave, state } = three();
  leave[2]();
  leave[0]();
  expect(state()).toEqual({ begun: 'first,second', atWork: 1, waiting: 0 });
});

test('a turn ends once, however often that is said', () => {
  const { leave, state } = three();
  leave[0]();
  leave[0]();
  leave[2]();
  leave[2]();
  expect(state()).toEqual({ begun: 'first,second,third', atWork: 1, waiting: 0 });
});

test('they come in the order in which they asked', () => {
  const turns = new TransferTurns(1);
  const begun: number[] = [];
  const leave = [0, 1, 2, 3].map(who => turns.take(() => begun.push(who)));
  for (const end of leave) end();
  expect(begun).toEqual([0, 1, 2, 3]);
});
