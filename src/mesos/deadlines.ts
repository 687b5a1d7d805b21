import type { Cancel, Clock } from '../runtime/index.ts';
import { MasterError } from './master-error.ts';

/** The time limits of one exchange with a master: the first that runs out aborts it. */
export interface Deadlines {
  /** Aborted with a MasterError of fault `timeout`, or with the caller's own reason. */
  readonly signal: AbortSignal;
  /**
   * Starts a limit: without `wanted` after `limitMs` the exchange is over. Cancel it once it is
   * met.
   */
  start(limitMs: number, wanted: string): Cancel;
  /** Ends all limits; call it when the exchange is over, in whatever way. */
  end(): void;
}

/** `where` is what is being read, for the text of the error. */
export function openDeadlines(clock: Clock, where: string, caller: AbortSignal): Deadlines {
  const controller = new AbortController();
  const running = new Set<Cancel>();
  const obey = () => controller.abort(caller.reason);
  if (caller.aborted) obey();
  caller.addEventListener('abort', obey, { once: true });
  return {
    signal: controller.signal,
    start: (limitMs, wanted) => {
      const late = () =>
        new MasterError('timeout', `Cannot read ${where}: no ${wanted} within ${limitMs} ms`);
      const cancel = clock.after(limitMs, () => controller.abort(late()));
      running.add(cancel);
      return () => {
        running.delete(cancel);
        cancel();
      };
    },
    end: () => {
      caller.removeEventListener('abort', obey);
      for (const cancel of running) cancel();
      running.clear();
    },
  };
}
