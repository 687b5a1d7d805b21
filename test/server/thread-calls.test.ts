import { getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { loadSystemCalls } from '../../src/server/index.ts';
import { threadCalls } from '../../src/server/thread-calls.ts';

test('a turn is asked for as sched_attr has it, and nothing else is changed', () => {
  const asked: unknown[] = [];
  const syscall = (_number: number, thread: number, attributes: Uint8Array, flags: number) => {
    const view = new DataView(attributes.buffer);
    const [octets, policy] = [view.getUint32(0, true), view.getUint32(4, true)];
    const keepsPolicy = view.getBigUint64(8, true) === 8n;
    const [niceness, nanoseconds] = [view.getInt32(16, true), view.getBigUint64(24, true)];
    asked.push({ thread, flags, octets, policy, keepsPolicy, niceness, nanoseconds });
    return -1;
  };
  threadCalls({ syscall }).takeTurns(100);
  const kept = { policy: 0, keepsPolicy: true, niceness: getPriority() };
  expect(asked).toEqual([{ thread: 0, flags: 0, octets: 48, ...kept, nanoseconds: 100_000n }]);
});

test('a kernel may not know of turns: that is no error', async () => {
  const calls = await loadSystemCalls(() => {});
  expect(() => calls?.takeTurns(300)).not.toThrow();
});
