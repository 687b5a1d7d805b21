import type { HostPort } from './cluster-state.ts';
import { followFault } from './follower-status.ts';
import type { Intake } from './intake.ts';
import { Patience } from './patience.ts';
import type { Polling } from './poll-leader.ts';

/** How much longer than a load we wait until the next: a huge state should not keep a master busy. */
const REST_FACTOR = 100;

/**
 * Reads the whole state now and then while the event stream is followed, which leaves things out:
 * pids of schedulers, agents that become unreachable, addresses learnt late. The pause is ended where
 * there is a doubt. A reading that fails costs nothing but its count.
 */
export async function rereadState(
  { clock, loader, status, pause, refreshMs }: Polling,
  intake: Intake,
  leader: HostPort,
  signal: AbortSignal,
): Promise<void> {
  let tookMs = 0;
  const patience = new Patience();
  while (!signal.aborted) {
    await pause.wait(Math.max(refreshMs, tookMs * REST_FACTOR), signal);
    if (signal.aborted) return;
    const startMs = clock.monotonic();
    try {
      await loader.load(leader, intake.beginReread(), { patience: patience.factor, signal });
      status.reread(clock.monotonic() - startMs);
      patience.answered(clock.monotonic() - startMs);
    } catch (error) {
      if (signal.aborted) return;
      status.missed(error);
      if (followFault(error) === 'timeout') patience.ranOut();
    }
    tookMs = clock.monotonic() - startMs;
  }
}
