import { parentPort, workerData } from 'node:worker_threads';
import { trackedDuplicateOf } from '../../src/server/duplicate.ts';
import { loadSystemCalls } from '../../src/server/index.ts';

/** A thread that takes a descriptor of the kept socket it is given, says so, and stays. */
const calls = await loadSystemCalls(reason => {
  throw new Error(reason);
});
parentPort?.postMessage(trackedDuplicateOf(calls!, workerData));
parentPort?.on('message', () => {});
