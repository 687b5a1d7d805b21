import type { AgentId, FrameworkId, TaskKey } from './cluster-state.ts';
import { formatHostPort, isSameHostPort } from './host-port.ts';
import type { Leader, MasterState } from './master-state.ts';
import { StateError } from './state-error.ts';

/** The master gives agents 10 minutes to come back (`--agent_reregister_timeout`); a minute is ours. */
export const RECOVERY_MS = 660_000;
/** A leader that was heard so lately is not given up for one that led before it. */
const HEARD_LATELY_MS = 60_000;

/** What is remembered of the leader that is followed. Times are of `Clock.monotonic`. */
export interface LeaderRecord {
  readonly leader: Leader;
  /** When it spoke last. */
  readonly heardMs: number;
  readonly electedMs: number;
  /** All that it has listed so far: what goes missing of these is truly gone. */
  readonly listedAgents: ReadonlySet<AgentId>;
  readonly listedFrameworks: ReadonlySet<FrameworkId>;
  /** Since when it says that it has no agents; undefined while it has. */
  readonly emptySinceMs: number | undefined;
  /** The last great loss, while it waits to be confirmed. */
  readonly loss: Loss | undefined;
}

/** Tasks that went missing at once, so many that one look is not believed. */
export interface Loss {
  readonly sinceMs: number;
  readonly tasks: ReadonlySet<TaskKey>;
}

/** The two times of one moment. */
export interface Moment {
  /** Of `Clock.monotonic`. */
  readonly monotonicMs: number;
  /** Of `Clock.now`. */
  readonly wallMs: number;
}

/**
 * What is remembered after a leader has said `state`.
 *
 * @param isWarm There is something to lose: a state from before this leader, maybe from the disk.
 */
export function recordLeader(
  before: LeaderRecord | undefined,
  state: MasterState,
  isWarm: boolean,
  now: Moment,
): LeaderRecord {
  const same = before && isSameLeader(before.leader, state.leader) ? before : undefined;
  const electedMs = same?.electedMs ?? electedAt(before, state.leader, isWarm, now);
  const isRecovering = now.monotonicMs < electedMs + RECOVERY_MS;
  return {
    leader: same ? { ...same.leader, ...definedOf(state.leader) } : state.leader,
    electedMs,
    heardMs: now.monotonicMs,
    emptySinceMs: state.agents.size > 0 ? undefined : (same?.emptySinceMs ?? now.monotonicMs),
    loss: same?.loss,
    listedAgents: new Set(
      isRecovering ? [...(same?.listedAgents ?? []), ...state.agents.keys()] : [],
    ),
    listedFrameworks: new Set(
      isRecovering ? [...(same?.listedFrameworks ?? []), ...state.frameworks.keys()] : [],
    ),
  };
}

/**
 * Refuses a master that led before the one which is followed: a paused leader that wakes, or one cut
 * off from its ZooKeeper. Clocks of masters differ, so this holds only while the younger one speaks.
 *
 * @throws {StateError} `older-leader`
 */
export function checkIsNotOlder(record: LeaderRecord, leader: Leader, nowMs: number): void {
  const { electedSeconds } = record.leader;
  if (isSameLeader(record.leader, leader) || nowMs >= record.heardMs + HEARD_LATELY_MS) return;
  if (electedSeconds === undefined || leader.electedSeconds === undefined) return;
  if (leader.electedSeconds >= electedSeconds) return;
  const older = formatHostPort(leader.address);
  const younger = formatHostPort(record.leader.address);
  const message = `Cannot use the state of ${older}: ${younger} was elected after it`;
  throw new StateError('older-leader', message, record.leader.address);
}

/** A master that starts anew has another id, though it stands at the same address. */
function isSameLeader(one: Leader, other: Leader): boolean {
  if (one.id !== undefined && other.id !== undefined) return one.id === other.id;
  return isSameHostPort(one.address, other.address);
}

/** By the master's clock, but not before its predecessor was last heard. */
function electedAt(
  before: LeaderRecord | undefined,
  { electedSeconds }: Leader,
  isWarm: boolean,
  { monotonicMs, wallMs }: Moment,
): number {
  if (electedSeconds === undefined)
    return before || isWarm ? monotonicMs : Number.NEGATIVE_INFINITY;
  const byItsClock = monotonicMs - Math.max(0, wallMs - electedSeconds * 1000);
  return Math.max(byItsClock, before?.heardMs ?? byItsClock);
}

function definedOf(leader: Leader): Partial<Leader> {
  return Object.fromEntries(Object.entries(leader).filter(([, value]) => value !== undefined));
}
