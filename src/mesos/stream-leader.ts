import type { Backoff, Clock } from '../runtime/index.ts';
import type { HostPort } from './cluster-state.ts';
import type { StatusKeeper } from './follower-status.ts';
import type { HostNames } from './host-names.ts';
import type { Intake } from './intake.ts';
import type { MasterClient } from './master-client.ts';
import { faultOf, MasterError } from './master-error.ts';
import type { Patience } from './patience.ts';
import { type StreamEnd, streamEndOf } from './stream-policy.ts';
import { identifyLeader, subscribe } from './subscribe.ts';

/** What following by the event stream needs. */
export interface Streaming {
  readonly clock: Clock;
  readonly client: MasterClient;
  readonly names: HostNames;
  readonly status: StatusKeeper;
  readonly backoff: Backoff;
  readonly intake: Intake;
  /** The most the first record may take as a whole, however steadily its octets drip in. */
  readonly snapshotMs: number;
}

/** Between two octets of the first record, and of a stream without heartbeats until it has begun. */
const FIRST_RECORD_MS = 10_000;
const MISSED_HEARTBEATS = 2;

/**
 * Follows the leader by its event stream until that ends, or `signal` is aborted.
 *
 * @param onSnapshot Called when the first record is in: the stream stands.
 */
export async function streamLeader(
  streaming: Streaming,
  leader: HostPort,
  patience: Patience,
  onSnapshot: () => void,
  signal: AbortSignal,
): Promise<StreamEnd> {
  const { clock, snapshotMs } = streaming;
  const late = new AbortController();
  const inTime = clock.after(snapshotMs, () => late.abort(lateSnapshot(snapshotMs)));
  const either = AbortSignal.any([signal, late.signal]);
  let hasBegun = false;
  try {
    const end = await readStream(streaming, leader, patience, either, () => {
      hasBegun = true;
      inTime();
      onSnapshot();
    });
    if (end === 'refused') return end;
    throw new MasterError('connect', 'The event stream was closed');
  } catch (error) {
    if (signal.aborted) return 'away';
    streaming.status.failed(error);
    if (!hasBegun && faultOf(error) === 'timeout') patience.ranOut();
    return hasBegun ? 'broken' : streamEndOf(faultOf(error));
  } finally {
    inTime();
  }
}

function lateSnapshot(limitMs: number): MasterError {
  return new MasterError('timeout', `Cannot read the first record within ${limitMs} ms`);
}

async function readStream(
  { clock, client, names, status, backoff, intake }: Streaming,
  place: HostPort,
  patience: Patience,
  signal: AbortSignal,
  onSnapshot: () => void,
): Promise<'refused' | 'closed'> {
  const startMs = clock.monotonic();
  let silenceMs: number | undefined = FIRST_RECORD_MS;
  const identified = await identifyLeader(client, names, place, signal);
  const limits = { patience: patience.factor, silenceMs: () => silenceMs };
  const response = await subscribe(client, identified.place, limits, signal);
  if (!response) return 'refused';
  const stream = intake.openStream(identified.leader, heartbeatSeconds => {
    silenceMs = heartbeatSeconds && heartbeatSeconds * 1000 * MISSED_HEARTBEATS;
    backoff.reset();
    status.loaded('stream', clock.monotonic() - startMs);
    patience.answered(clock.monotonic() - startMs);
    onSnapshot();
  });
  try {
    for await (const octets of response.body) {
      stream.write(octets);
      status.alive();
    }
    stream.finish();
    return 'closed';
  } catch (error) {
    throw silenceMs === FIRST_RECORD_MS ? error : endError(error);
  }
}

/** How a stream that had begun has ended: its end is nothing unusual, unless it is inside a record. */
function endError(error: unknown): unknown {
  const fault = error instanceof MasterError ? error.fault : undefined;
  if (fault === 'timeout')
    return new MasterError('heartbeat', 'The event stream fell silent', error);
  if (fault === 'truncated') return new MasterError('connect', 'The event stream was cut', error);
  return error;
}
