import type { Log } from '../runtime/index.ts';
import { type HeldCounts, noneHeld } from './held-tasks.ts';
import { HOLD_REASONS } from './hold-reason.ts';
import { type LeaderRecord, RECOVERY_MS } from './leader-record.ts';
import type { MasterState } from './master-state.ts';

/** How far the state can be believed; for metrics, the log and the serving state. */
export interface StoreCondition {
  /**
   * The first state came from a leader that is still getting to know its agents, and nothing from
   * before is known: a name that is absent may exist all the same.
   */
  readonly isRecovering: boolean;
  /** Tasks that the leader does not list, by the reason why they keep their place. */
  readonly heldTasks: HeldCounts;
}

/** Nothing is recovering, and nothing held. */
export const CALM: StoreCondition = {
  isRecovering: false,
  heldTasks: noneHeld(),
};

/** Says whether agents that have not come back since the election may run tasks nobody knows of. */
export function isLeaderRecovering(
  { recoveredAgents, agents }: Pick<MasterState, 'recoveredAgents' | 'agents'>,
  { electedMs }: LeaderRecord,
  nowMs: number,
): boolean {
  if (nowMs >= electedMs + RECOVERY_MS) return false;
  return recoveredAgents === undefined || recoveredAgents.size > 0 || agents.size === 0;
}

/** Writes one line for each condition that begins or ends, none for those that go on. */
export function logChanges(log: Log, before: StoreCondition, after: StoreCondition): void {
  if (!before.isRecovering && after.isRecovering) {
    log.warn('The cluster is recovering from a change of its leader; absent names may exist');
  } else if (before.isRecovering && !after.isRecovering) {
    log.info('The cluster has recovered; absent names do not exist');
  }
  for (const reason of HOLD_REASONS) {
    const tasks = after.heldTasks[reason];
    if (before.heldTasks[reason] === 0 && tasks > 0) {
      log.warn('Tasks that the leader does not list keep their names', { reason, tasks });
    } else if (before.heldTasks[reason] > 0 && tasks === 0) {
      log.info('No task is held any more', { reason });
    }
  }
}

/** Says whether two conditions are equal. */
export function isSameCondition(one: StoreCondition, other: StoreCondition): boolean {
  return (
    one.isRecovering === other.isRecovering &&
    HOLD_REASONS.every(reason => one.heldTasks[reason] === other.heldTasks[reason])
  );
}
