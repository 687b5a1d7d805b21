/**
 * Counts what every thread but the first allocates. Preloaded into a server (`node --import`), which
 * writes a line of JSON to stderr for each such thread whenever it gets SIGWINCH.
 */
import { writeSync } from 'node:fs';
import { GCProfiler, getHeapStatistics } from 'node:v8';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

/** A worker's own `process.stderr` has no descriptor. */
const STDERR = 2;
const channel = new BroadcastChannel('heap-counter');
if (isMainThread) process.on('SIGWINCH', () => channel.postMessage('count'));
else countHere();
channel.unref();

/** What is used grows by what is allocated, but for collections, which are looked at one by one. */
function countHere(): void {
  let octets = 0;
  let used = getHeapStatistics().used_heap_size;
  let profiler = startProfiler();
  channel.onmessage = () => {
    for (const { beforeGC, afterGC } of profiler.stop()?.statistics ?? []) {
      octets += beforeGC.heapStatistics.usedHeapSize - used;
      used = afterGC.heapStatistics.usedHeapSize;
    }
    const now = getHeapStatistics().used_heap_size;
    octets += now - used;
    writeSync(STDERR, `${JSON.stringify({ octets })}\n`);
    profiler = startProfiler();
    used = getHeapStatistics().used_heap_size;
  };
}

function startProfiler(): GCProfiler {
  const profiler = new GCProfiler();
  profiler.start();
  return profiler;
}
