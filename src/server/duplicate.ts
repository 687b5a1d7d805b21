import { openSync } from 'node:fs';
import type { ListenSocket } from './listeners.ts';
import type { SystemCalls } from './system-calls.ts';

/**
 * A thread's own descriptor of a kept socket. The control thread may have closed it in between,
 * when an interface address went away, and its number may be another file by now.
 */
export function duplicateOf(calls: SystemCalls | undefined, listen: ListenSocket): number {
  if (!calls || listen.descriptor === undefined) {
    throw new TypeError('A kept socket was handed to a thread that has no system calls');
  }
  const descriptor = calls.duplicate(listen.descriptor);
  const found = calls.describe(descriptor);
  if (found?.transport !== listen.transport || found.port !== listen.port) {
    calls.close(descriptor);
    throw new Error(`Descriptor ${listen.descriptor} is not the socket it was`);
  }
  return descriptor;
}

/**
 * The same for reading by system calls, with a number that Node knows: it closes those when a thread
 * is killed. Else the socket would outlive its listener, and take its share of the queries for
 * nobody. To be closed by `fs.closeSync`.
 */
export function trackedDuplicateOf(calls: SystemCalls, listen: ListenSocket): number {
  const descriptor = duplicateOf(calls, listen);
  // Node tracks the numbers it has opened itself, whatever they stand for later.
  const tracked = openSync('/', 'r');
  calls.replace(tracked, descriptor);
  return tracked;
}
