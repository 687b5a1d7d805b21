import { BroadcastChannel, isMainThread } from 'node:worker_threads';

// To be imported before the product (`node --import`), so that a signal makes something go wrong in
// it that nobody catches: SIGWINCH a rejection, SIGURG an exception, SIGIO one in every answer thread.
// SIGPWR collects garbage (with `--expose-gc`), so that what is left is in use.
const channel = new BroadcastChannel('test-break');
channel.unref();
if (isMainThread) {
  process.on('SIGWINCH', () => void Promise.reject(new Error('A rejection for the test')));
  process.on('SIGURG', () => {
    throw new Error('An exception for the test');
  });
  process.on('SIGPWR', () => globalThis.gc?.());
  process.on('SIGIO', () => channel.postMessage('break'));
} else {
  channel.onmessage = () => {
    throw new Error('An exception for the test');
  };
}
