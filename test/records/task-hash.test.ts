import { expect, test } from 'vitest';
import { agentTail, taskHash } from '../../src/records/task-hash.ts';

test.each([
  { why: 'the document’s own example', id: 'test', hash: 'iffe9' },
  { why: 'no id at all', id: '', hash: '5eh48' },
])('the hash of $why is $hash', ({ id, hash }) => {
  expect(taskHash(id)).toBe(hash);
});

test('the hash is taken of the id as UTF-8', () => {
  expect(taskHash('naïve')).not.toBe(taskHash('naive'));
});

test.each([
  { why: 'is what follows the last hyphen', id: '20140827-215-S12', tail: 's12' },
  { why: 'is the id itself in old versions', id: '3', tail: '3' },
  { why: 'is not cleaned', id: 'a-S_1', tail: 's_1' },
])('the tail of an agent id $why', ({ id, tail }) => {
  expect(agentTail(id)).toBe(tail);
});
