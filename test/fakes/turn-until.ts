import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedClock } from './simulated-clock.ts';

/**
 * Turns the clock on in steps until `isSo`, giving real sockets a moment between two: for code that
 * lives by the simulated clock and speaks to fakes over loopback.
 *
 * @returns The simulated milliseconds it took.
 * @throws {Error} When it is not so within `limitMs` of simulated time.
 */
export async function turnUntil(
  clock: SimulatedClock,
  isSo: () => boolean,
  limitMs = 60_000,
  stepMs = 50,
): Promise<number> {
  const start = clock.monotonic();
  for (;;) {
    for (let breath = 0; breath < 4; breath++) {
      await sleep(1);
      if (isSo()) return clock.monotonic() - start;
    }
    if (clock.monotonic() - start >= limitMs)
      throw new Error(`Not so within ${limitMs} ms: ${isSo.toString()}`);
    await clock.advance(stepMs);
  }
}
