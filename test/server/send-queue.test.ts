import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { makeCounters } from '../../src/runtime/index.ts';
import { SERVER_COUNTERS, type ServerCounter, type SystemCalls } from '../../src/server/index.ts';
import { SendQueue } from '../../src/server/send-queue.ts';

const { EAGAIN, EINTR, ENOBUFS, EPERM } = constants.errno;
const HEADER_OCTETS = 64n;

/** A kernel of scripted results; it writes down which responses each call offered. */
function kernel(results: readonly number[]) {
  const offered: string[] = [];
  let next = 0;
  const calls = {
    addressOf: () => 0n,
    send: (_: number, headers: bigint, count: number) => {
      offered.push(`${headers / HEADER_OCTETS}+${count}`);
      return results[next++] ?? count;
    },
  };
  return { offered, calls: calls as unknown as SystemCalls };
}

interface Row {
  readonly why: string;
  readonly results: readonly number[];
  readonly offered: readonly string[];
  readonly dropped?: readonly [ServerCounter, number];
}

const rows: readonly Row[] = [
  { why: 'sends all in one call', results: [10], offered: ['0+10'] },
  { why: 'goes on behind a partial send', results: [3, 4], offered: ['0+10', '3+7', '7+3'] },
  {
    why: 'passes over a response that is refused',
    results: [4, -EPERM],
    offered: ['0+10', '4+6', '5+5'],
    dropped: ['dropped_unsendable', 1],
  },
  {
    why: 'passes over the last one when it is refused',
    results: [9, -EPERM],
    offered: ['0+10', '9+1'],
    dropped: ['dropped_unsendable', 1],
  },
  {
    why: 'drops the rest when the buffer is full',
    results: [4, -EAGAIN],
    offered: ['0+10', '4+6'],
    dropped: ['dropped_send_full', 6],
  },
  {
    why: 'drops the rest when the device is full',
    results: [-ENOBUFS],
    offered: ['0+10'],
    dropped: ['dropped_send_full', 10],
  },
  { why: 'repeats a call that a signal broke', results: [-EINTR], offered: ['0+10', '0+10'] },
  {
    why: 'gives up a response the kernel takes no notice of',
    results: [0],
    offered: ['0+10', '1+9'],
    dropped: ['dropped_unsendable', 1],
  },
];

test.each(rows)('a flush $why', ({ results, offered, dropped }) => {
  const counters = makeCounters(SERVER_COUNTERS);
  const fake = kernel(results);
  const queue = new SendQueue(fake.calls, 5, 4, 512, counters);
  for (let count = 0; count < 10; count++) queue.addFor(12, new Uint8Array(16));
  queue.flush();
  queue.flush();
  expect(fake.offered).toEqual(offered);
  const { values, slot } = counters;
  expect(values[slot.dropped_unsendable] + values[slot.dropped_send_full]).toBe(dropped?.[1] ?? 0);
  if (dropped) expect(values[slot[dropped[0]]]).toBe(dropped[1]);
});

test('the sixty-fourth response sends them all', () => {
  const fake = kernel([]);
  const queue = new SendQueue(fake.calls, 5, 6, 512, makeCounters(SERVER_COUNTERS));
  for (let count = 0; count < 130; count++) queue.addFor(12, new Uint8Array(28));
  expect(fake.offered).toEqual(['0+64', '0+64']);
  expect(queue.count).toBe(2);
});
