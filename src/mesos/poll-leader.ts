import type { Backoff, Clock } from '../runtime/index.ts';
import type { HostPort } from './cluster-state.ts';
import { followFault, type StatusKeeper } from './follower-status.ts';
import { isSameHostPort } from './host-port.ts';
import type { OpenBody, StateLoader } from './load-state.ts';
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
  let patience = 1;
  while (!signal.aborted) {
    const startMs = clock.monotonic();
    const outcome = await loadOnce(polling, leader, patience, signal);
    if (outcome === 'slow') patience *= 2;
    const tookMs = clock.monotonic() - startMs;
    const restMs = outcome === 'good' ? refreshMs - tookMs : Math.min(backoff.next(), refreshMs);
    await pause.wait(Math.max(0, restMs), signal);
    if (isOver()) return;
  }
}

/**
 * One load. A `slow` one ran into a time limit: a master may take longer than usual to write a huge
 * state, so the next load has more patience with the same leader.
 */
export async function loadOnce(
  { clock, loader, status, backoff, openBody, onDoubt }: Polling,
  leader: HostPort,
  patience: number,
  signal: AbortSignal,
): Promise<'good' | 'slow' | 'bad'> {
  const startMs = clock.monotonic();
  try {
    const master = await loader.load(leader, openBody, { patience, signal });
    status.loaded('poll', clock.monotonic() - startMs);
    backoff.reset();
    if (!isSameHostPort(master, leader)) onDoubt();
    return 'good';
  } catch (error) {
    if (signal.aborted) return 'bad';
    status.failed(error);
    onDoubt();
    return followFault(error) === 'timeout' ? 'slow' : 'bad';
  }
}
