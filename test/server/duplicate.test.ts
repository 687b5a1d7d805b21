import { once } from 'node:events';
import { closeSync, readdirSync, readlinkSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { trackedDuplicateOf } from '../../src/server/duplicate.ts';
import { type ListenSocket, loadSystemCalls } from '../../src/server/index.ts';
import { startServer } from '../fakes/test-server.ts';

const calls = await loadSystemCalls(() => {});
const THREAD = new URL('../fakes/reading-thread.ts', import.meta.url);

/** How many descriptors of this process stand for the same socket. */
function descriptorsOf({ descriptor }: ListenSocket): number {
  const socket = readlinkSync(`/proc/self/fd/${descriptor}`);
  return readdirSync('/proc/self/fd').filter(own => linkOf(own) === socket).length;
}

function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    // The one by which the folder was read.
    return '';
  }
}

test.runIf(calls)('a killed thread leaves no descriptor of a socket behind', async () => {
  const server = await startServer();
  const [socket] = server.listeners.socketsOf(0);
  const before = descriptorsOf(socket);
  const thread = new Worker(THREAD, { workerData: socket });
  await once(thread, 'message');
  expect(descriptorsOf(socket)).toBe(before + 1);
  await thread.terminate();
  expect(descriptorsOf(socket)).toBe(before);
  await server.close();
});

test.runIf(calls)('a descriptor that stands for something else by now is refused', async () => {
  const server = await startServer();
  const [socket] = server.listeners.socketsOf(0);
  const before = readdirSync('/proc/self/fd').length;
  expect(() => trackedDuplicateOf(calls!, { ...socket, port: socket.port ^ 1 })).toThrow(
    /is not the socket it was/,
  );
  const own = trackedDuplicateOf(calls!, socket);
  expect(calls!.describe(own)?.port).toBe(socket.port);
  closeSync(own);
  expect(readdirSync('/proc/self/fd')).toHaveLength(before);
  await server.close();
});
