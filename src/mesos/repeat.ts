import { type Clock, type Log, sleep } from '../runtime/index.ts';

const AFTER_ERROR_MS = 1_000;

/**
 * Repeats `step` until `signal` is aborted. A step that throws is logged and followed by the next:
 * an error of our own must not leave a server that runs and follows nobody.
 */
export async function repeat(
  step: () => Promise<void>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await step();
    } catch (error) {
      log.error('following the masters failed by an error of our own; going on', {
        error: error instanceof Error ? error.stack : String(error),
      });
      await sleep(clock, AFTER_ERROR_MS, signal);
    }
  }
}
