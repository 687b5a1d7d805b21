import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks again and again until `isSo`: for another program, which tells nobody of its changes.
 *
 * @throws {Error} When it is not so within `limitMs`; `what` is what was waited for.
 */
export async function untilTrue(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  limitMs = 30_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`Not so within ${limitMs} ms: ${what}`);
    await sleep(50);
  }
}
