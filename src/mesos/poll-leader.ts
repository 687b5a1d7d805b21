import type { Backoff, Clock } from '../runtime/index.ts';
import type { HostPort } from './cluster-state.ts';
import { followFault, type StatusKeeper } from './follower-status.ts';
import { isSameHostPort } from './host-port.ts';
import type { OpenBody, StateLoader } from './load-state.ts';
import { Patience } from './patience.ts';
import type { Pause } from './pause.ts';

/** What loading the state needs. */
export interface Polling {
  readonly clock: Clock;
  readonly loader: StateLoader;
  readonly status: StatusKeeper;
  readonly backoff: Backoff;
  /** Ended by whoever wants a load now. */
  readonly pause: Pause;
  readonly refreshMs: number;
  readonly openBody: OpenBody;
  /** The leader did not give a state, or another master did. */
  readonly onDoubt: () => void;
}

/**
 * Loads the state of `leader` every `refreshMs`, counted from the beginning of a load, until
 * `signal` is aborted or `isOver` after a load. Loads never overlap. One that fails changes nothing,
 * and is tried again soon.
 */
export async function pollLeader(
  polling: Polling,
  leader: HostPort,
  isOver: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const { clock, pause, backoff, refreshMs } = polling;
  const patience = new Patience();
  while (!signal.aborted) {
    const startMs = clock.monotonic();
    const isGood = await loadOnce(polling, leader, patience, signal);
    const tookMs = clock.monotonic() - startMs;
    const restMs = isGood ? refreshMs - tookMs : Math.min(backoff.next(), refreshMs);
    await pause.wait(Math.max(0, restMs), signal);
    if (isOver()) return;
  }
}

/** One load. @returns Whether there is a state. */
export async function loadOnce(
  { clock, loader, status, backoff, openBody, onDoubt }: Polling,
  leader: HostPort,
  patience: Patience,
  signal: AbortSignal,
): Promise<boolean> {
  const startMs = clock.monotonic();
  try {
    const master = await loader.load(leader, openBody, { patience: patience.factor, signal });
    const tookMs = clock.monotonic() - startMs;
    status.loaded('poll', tookMs);
    patience.answered(tookMs);
    backoff.reset();
    if (!isSameHostPort(master, leader)) onDoubt();
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    status.failed(error);
    if (followFault(error) === 'timeout') patience.ranOut();
    onDoubt();
    return false;
  }
}
