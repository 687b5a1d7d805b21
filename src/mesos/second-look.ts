import type { Clock } from '../runtime/index.ts';

/** Gathers doubts about the state into one look at it. */
export interface SecondLook {
  /** Brings a look soon, unless one is coming. */
  doubt(): void;
  close(): void;
}

/** Doubts come in bursts, and a loss is only believed after a second. */
const SOON_MS = 1_000;
/** How much longer than a load doubts are gathered: not to keep a busy master busier. */
const REST_FACTOR = 10;

/** @param loadMs How long a look takes, as far as that is known. */
export function secondLook(
  clock: Clock,
  loadMs: () => number | undefined,
  look: () => void,
): SecondLook {
  let cancel: (() => void) | undefined;
  return {
    doubt: () => {
      cancel ??= clock.after(Math.max(SOON_MS, REST_FACTOR * (loadMs() ?? 0)), () => {
        cancel = undefined;
        look();
      });
    },
    close: () => cancel?.(),
  };
}
