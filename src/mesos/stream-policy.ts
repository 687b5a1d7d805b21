import type { Clock, Random } from '../runtime/index.ts';
import type { MasterFault } from './master-error.ts';

/** How a subscription came to its end. */
export type StreamEnd =
  /** The master has no event stream, or none for us. */
  | 'refused'
  /** It was not to be had, for a reason that goes for every request: try again soon. */
  | 'away'
  /** It broke, or was closed, after it had begun or instead of beginning. */
  | 'broken';

/** Says whether to follow by the stream or by polling. */
export interface StreamPolicy {
  mayStream(): boolean;
  ended(end: StreamEnd): void;
  /** A new leader is a new chance. */
  leaderChanged(): void;
}

/** A master closes its oldest subscriber past 1,000: fighting for a place would take another's. */
const ENDS_TOO_MANY = 3;
const ENDS_WITHIN_MS = 60_000;
/** For so long we poll then, a quarter more or less: not all servers should come back together. */
const POLLING_MS = 600_000;

/** Makes the policy for one cluster. */
export function streamPolicy(clock: Clock, random: Random): StreamPolicy {
  let ends: readonly number[] = [];
  let pollUntilMs = Number.NEGATIVE_INFINITY;
  return {
    mayStream: () => clock.monotonic() >= pollUntilMs,
    ended: end => {
      if (end === 'away') return;
      const nowMs = clock.monotonic();
      ends = [...ends.filter(atMs => atMs > nowMs - ENDS_WITHIN_MS), nowMs];
      if (end === 'broken' && ends.length < ENDS_TOO_MANY) return;
      ends = [];
      pollUntilMs = nowMs + POLLING_MS * 0.75 + random.below(POLLING_MS / 2);
    },
    leaderChanged: () => {
      ends = [];
      pollUntilMs = Number.NEGATIVE_INFINITY;
    },
  };
}

/** For `source: "poll"`. */
export const NEVER_STREAM: StreamPolicy = {
  mayStream: () => false,
  ended: () => {},
  leaderChanged: () => {},
};

/** Polling would meet these as well. */
const AWAY: readonly MasterFault[] = [
  'connect',
  'host-name',
  'tls',
  'no-leader',
  'recovering',
  'redirect',
];

/** How a stream ended that failed with `fault`. */
export function streamEndOf(fault: MasterFault): StreamEnd {
  return AWAY.includes(fault) ? 'away' : 'broken';
}
