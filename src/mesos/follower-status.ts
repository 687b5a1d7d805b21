import type { Clock, Log } from '../runtime/index.ts';
import type { HostPort } from './cluster-state.ts';
import { formatHostPort, isSameHostPort } from './host-port.ts';
import type { LeaderReport } from './leader-detector.ts';
import { MASTER_FAULTS, MasterError, type MasterFault, reasonOf } from './master-error.ts';
import { STATE_REJECTIONS, StateError, type StateRejection } from './state-error.ts';
import { CALM, type StoreCondition } from './store-condition.ts';

/** Why a load or a stream came to nothing: a closed set, for counting. */
export type FollowFault = MasterFault | StateRejection;

/** All of them, each once. */
export const FOLLOW_FAULTS: readonly FollowFault[] = [
  ...new Set<FollowFault>([...MASTER_FAULTS, ...STATE_REJECTIONS]),
];

/** How the following goes. */
export interface FollowerStatus {
  /** Where the leader is asked; undefined while none is known. */
  readonly leader: HostPort | undefined;
  readonly masters: readonly HostPort[];
  readonly source: 'stream' | 'poll';
  /** The state is that of now: the stream stands, or the last poll succeeded. */
  readonly isLive: boolean;
  /** Milliseconds since the leader last confirmed the state; undefined before the first time. */
  readonly ageMs: number | undefined;
  /** Milliseconds that the last good load or snapshot took. */
  readonly loadMs: number | undefined;
  readonly loads: number;
  readonly leaderChanges: number;
  readonly failures: Readonly<Record<FollowFault, number>>;
  /** The last failure, while it lasts. */
  readonly fault: FollowFault | undefined;
  /** How far the state can be believed. */
  readonly store: StoreCondition;
}

/**
 * The fault behind anything thrown while the leader is followed; anything thrown that is not ours
 * is `invalid`.
 */
export function followFault(error: unknown): FollowFault {
  if (error instanceof MasterError) return error.fault;
  return error instanceof StateError ? error.rejection : 'invalid';
}

type Kept = Omit<FollowerStatus, 'ageMs' | 'failures'>;

const NOTHING_YET: Kept = {
  leader: undefined,
  masters: [],
  source: 'poll',
  isLive: false,
  loadMs: undefined,
  loads: 0,
  leaderChanges: 0,
  fault: undefined,
  store: CALM,
};

/** Keeps the status, and tells each change of condition once, however often a try fails. */
export class StatusKeeper {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onCondition: (status: FollowerStatus) => void;
  readonly #failures = new Map<FollowFault, number>(FOLLOW_FAULTS.map(fault => [fault, 0]));
  #kept: Kept;
  #confirmedMs: number | undefined;

  constructor(
    masters: readonly HostPort[],
    { clock, log }: { readonly clock: Clock; readonly log: Log },
    onCondition: (status: FollowerStatus) => void,
  ) {
    this.#clock = clock;
    this.#log = log;
    this.#onCondition = onCondition;
    this.#kept = { ...NOTHING_YET, masters };
  }

  read(): FollowerStatus {
    const confirmedMs = this.#confirmedMs;
    const ageMs = confirmedMs === undefined ? undefined : this.#clock.monotonic() - confirmedMs;
    const failures = Object.fromEntries(this.#failures) as FollowerStatus['failures'];
    return { ...this.#kept, ageMs, failures };
  }

  /** A detector has spoken. */
  leader({ leader, masters, fault }: LeaderReport): void {
    const isNew = !isSameHostPort(leader, this.#kept.leader);
    const leaderChanges = this.#kept.leaderChanges + (isNew && leader ? 1 : 0);
    this.#turn({ leader, masters, leaderChanges });
    if (!isNew) return;
    if (leader) this.#log.info('following a leader', { leader: formatHostPort(leader) });
    else this.#log.warn('no leading master; the last state stays', { fault });
  }

  /** A state was read as a whole, after `loadMs`. */
  loaded(source: FollowerStatus['source'], loadMs: number): void {
    this.alive();
    const loads = this.#kept.loads + 1;
    if (!this.#turn({ source, isLive: true, loadMs, loads, fault: undefined })) return;
    this.#log.info('the state is live', { source, loadMs: Math.round(loadMs) });
  }

  /** The stream gave a sign of life. */
  alive(): void {
    this.#confirmedMs = this.#clock.monotonic();
  }

  /** Nothing could be read: the state may grow old. */
  failed(error: unknown): void {
    const wasTold = this.#kept.fault !== undefined;
    const fault = this.#count(error);
    const reason = reasonOf(error);
    this.#turn({ isLive: false, fault });
    if (wasTold) this.#log.debug('another try failed', { fault, reason });
    else this.#log.warn('the state is not live', { fault, reason });
  }

  /** The state was read again while the stream goes on. */
  reread(loadMs: number): void {
    this.#kept = { ...this.#kept, loadMs, loads: this.#kept.loads + 1 };
  }

  /** The state could not be read again while the stream goes on. */
  missed(error: unknown): void {
    const fault = this.#count(error);
    this.#log.debug('the state could not be read again', { fault, reason: reasonOf(error) });
  }

  /** What the store knows of the state has changed. */
  store(store: StoreCondition): void {
    this.#turn({ store });
  }

  #count(error: unknown): FollowFault {
    const fault = followFault(error);
    this.#failures.set(fault, (this.#failures.get(fault) ?? 0) + 1);
    return fault;
  }

  /** @returns Whether the condition is another one. */
  #turn(change: Partial<Kept>): boolean {
    const before = this.#kept;
    this.#kept = { ...before, ...change };
    if (isSameCondition(before, this.#kept)) return false;
    this.#onCondition(this.read());
    return true;
  }
}

type Condition = Pick<FollowerStatus, 'leader' | 'source' | 'isLive' | 'fault' | 'store'>;

function isSameCondition(one: Condition, other: Condition): boolean {
  return (
    isSameHostPort(one.leader, other.leader) &&
    one.source === other.source &&
    one.isLive === other.isLive &&
    one.fault === other.fault &&
    one.store === other.store
  );
}
