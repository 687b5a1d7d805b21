import type { Clock, Log } from '../runtime/index.ts';
import type { HostPort } from './cluster-state.ts';
import { formatHostPort, isSameHostPort } from './host-port.ts';
import type { LeaderReport } from './leader-detector.ts';
import { MASTER_FAULTS, MasterError, type MasterFault } from './master-error.ts';
import { STATE_REJECTIONS, StateError, type StateRejection } from './state-error.ts';
import { CALM, type StoreCondition } from './store-condition.ts';

/** Why a load or a stream came to nothing: a closed set, for counting. */
export type FollowFault = MasterFault | StateRejection;

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

/** Keeps the status, and tells each change of condition once, however often a try fails. */
export interface StatusKeeper {
  read(): FollowerStatus;
  leader(report: LeaderReport): void;
  /** A state was read as a whole, after `loadMs`. */
  loaded(source: FollowerStatus['source'], loadMs: number): void;
  /** The stream gave a sign of life. */
  alive(): void;
  /** Nothing could be read: the state may grow old. */
  failed(error: unknown): void;
  /** The state was read again, or could not be, while the stream goes on. */
  reread(loadMs: number): void;
  missed(error: unknown): void;
  /** What the store knows of the state has changed. */
  store(condition: StoreCondition): void;
}

/** What `failed` must tell apart; anything thrown that is not ours is `invalid`. */
export function followFault(error: unknown): FollowFault {
  if (error instanceof MasterError) return error.fault;
  return error instanceof StateError ? error.rejection : 'invalid';
}

export function keepStatus(
  masters: readonly HostPort[],
  clock: Clock,
  log: Log,
  onCondition: (status: FollowerStatus) => void,
): StatusKeeper {
  const failures = Object.fromEntries(FOLLOW_FAULTS.map(fault => [fault, 0])) as Record<
    FollowFault,
    number
  >;
  let status: Omit<FollowerStatus, 'ageMs' | 'failures'> = {
    leader: undefined,
    masters,
    source: 'poll',
    isLive: false,
    loadMs: undefined,
    loads: 0,
    leaderChanges: 0,
    fault: undefined,
    store: CALM,
  };
  let confirmedMs: number | undefined;

  const count = (error: unknown): FollowFault => {
    const fault = followFault(error);
    failures[fault]++;
    return fault;
  };
  const read = (): FollowerStatus => {
    const ageMs = confirmedMs === undefined ? undefined : clock.monotonic() - confirmedMs;
    return { ...status, ageMs, failures: { ...failures } };
  };
  const turn = (change: Partial<typeof status>) => {
    const before = status;
    status = { ...before, ...change };
    if (isSameCondition(before, status)) return false;
    onCondition(read());
    return true;
  };

  return {
    read,
    leader: report => {
      const isNew = !isSameHostPort(report.leader, status.leader);
      const leaderChanges = status.leaderChanges + (isNew && report.leader ? 1 : 0);
      const fields = { masters: report.masters.map(formatHostPort), fault: report.fault };
      turn({ leader: report.leader, masters: report.masters, leaderChanges });
      if (!isNew) return;
      if (report.leader) log.info('following a leader', { leader: formatHostPort(report.leader) });
      else log.warn('no leading master; the last state stays', fields);
    },
    loaded: (source, loadMs) => {
      confirmedMs = clock.monotonic();
      const loads = status.loads + 1;
      if (!turn({ source, isLive: true, loadMs, loads, fault: undefined })) return;
      log.info('the state is live', { source, loadMs: Math.round(loadMs) });
    },
    alive: () => {
      confirmedMs = clock.monotonic();
    },
    failed: error => {
      const fault = count(error);
      const reason = reasonOf(error);
      if (turn({ isLive: false, fault })) log.warn('the state is not live', { fault, reason });
      else log.debug('another try failed', { fault, reason });
    },
    reread: loadMs => {
      status = { ...status, loadMs, loads: status.loads + 1 };
    },
    missed: error => {
      log.debug('the state could not be read again', {
        fault: count(error),
        reason: reasonOf(error),
      });
    },
    store: store => void turn({ store }),
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
