import type { HostPort } from './cluster-state.ts';

/**
 * Why a whole body is refused: a closed set, for counting.
 *
 * `json`: no JSON; `truncated`: it ends early; `shape`: JSON of another kind; `agent`: the state of
 * an agent; `no-leader`: the master knows no leader, or one we cannot read; `not-leader`: its own
 * state, though another leads; `older-leader`: a master that led before the one we follow;
 * `record`: no RecordIO.
 */
export const STATE_REJECTIONS = [
  'json',
  'truncated',
  'shape',
  'agent',
  'no-leader',
  'not-leader',
  'older-leader',
  'record',
] as const;

export type StateRejection = (typeof STATE_REJECTIONS)[number];

/** Raised when a body or a stream cannot be believed as a whole. What was known before stays. */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly code = 'ERR_STATE';
  readonly rejection: StateRejection;
  /** The master that leads instead, where the body names it. */
  readonly leader: HostPort | undefined;

  constructor(rejection: StateRejection, message: string, leader?: HostPort, cause?: unknown) {
    super(message, { cause });
    this.rejection = rejection;
    this.leader = leader;
  }
}
