import { type Log, sleep } from '../runtime/index.ts';
import type { HostPort } from './cluster-state.ts';
import { Patience } from './patience.ts';
import { loadOnce, type Polling, pollLeader } from './poll-leader.ts';
import { rereadState } from './reread-state.ts';
import { type Streaming, streamLeader } from './stream-leader.ts';
import type { StreamPolicy } from './stream-policy.ts';

/** What following one leader needs. */
export interface Following {
  readonly polling: Polling;
  readonly streaming: Streaming;
  readonly policy: StreamPolicy;
  readonly log: Log;
}

/**
 * Follows one leader until `signal` is aborted: by its event stream where it has one, else by loading
 * its state. The first state of all is loaded, being half the size of a stream's first record.
 */
export async function followLeader(
  { polling, streaming, policy, log }: Following,
  leader: HostPort,
  signal: AbortSignal,
): Promise<void> {
  const patience = new Patience();
  const isFirst = polling.status.read().loads === 0;
  if (isFirst && policy.mayStream()) await loadOnce(polling, leader, patience, signal);
  while (!signal.aborted) {
    if (!policy.mayStream()) {
      await pollLeader(polling, leader, () => policy.mayStream(), signal);
      continue;
    }
    const end = await streamWithRereading({ polling, streaming }, leader, patience, signal);
    if (signal.aborted) return;
    policy.ended(end);
    polling.onDoubt();
    if (policy.mayStream()) await sleep(polling.clock, polling.backoff.next(), signal);
    else log.warn('no event stream to be had: polling for some minutes', { end });
  }
}

async function streamWithRereading(
  { polling, streaming }: Pick<Following, 'polling' | 'streaming'>,
  leader: HostPort,
  patience: Patience,
  signal: AbortSignal,
) {
  const over = new AbortController();
  const whileStreaming = AbortSignal.any([over.signal, signal]);
  let rereading = Promise.resolve();
  const onSnapshot = () => {
    rereading = rereadState(polling, streaming.intake, leader, whileStreaming);
  };
  const end = await streamLeader(streaming, leader, patience, onSnapshot, signal);
  over.abort();
  await rereading;
  return end;
}
