import type { AgentId, ClusterState, FrameworkId, TaskKey } from './cluster-state.ts';
import { type LeaderRecord, type Loss, RECOVERY_MS } from './leader-record.ts';
import type { MasterState } from './master-state.ts';

/**
 * Why a task that the leader does not list keeps its place (DESIGN 6).
 *
 * `recovering`: its agent has not come back since the election; `no-agents`: the leader says it has no
 * agent at all; `unconfirmed`: half of all tasks are gone at once, and only one look has shown it;
 * `agent-back`: its agent has just come back, and may still tell of it.
 */
export const HOLD_REASONS = ['recovering', 'no-agents', 'unconfirmed', 'agent-back'] as const;

export type HoldReason = (typeof HOLD_REASONS)[number];

/** How long a state without any agent must have stood. */
export const EMPTY_STOOD_MS = 60_000;
/** Between the first look at a great loss and the one that confirms it. */
export const CONFIRM_AFTER_MS = 1_000;
const GREAT_LOSS_TASKS = 10;

/** What stays of the state before, beside what the leader lists. */
export interface Kept {
  readonly tasks: ReadonlyMap<TaskKey, HoldReason>;
  readonly agents: ReadonlySet<AgentId>;
  readonly frameworks: ReadonlySet<FrameworkId>;
  readonly loss: Loss | undefined;
}

/** Decides what stays, though the leader does not list it. Pure: all times are handed in. */
export function keepThroughFailover(
  before: Pick<ClusterState, 'agents' | 'frameworks' | 'tasks'>,
  next: MasterState,
  leader: LeaderRecord,
  nowMs: number,
): Kept {
  const reasons = new Map<TaskKey, HoldReason>();
  const lost: TaskKey[] = [];
  const agentReason = agentRule(next, leader, nowMs);
  const isWaitingForFrameworks = nowMs < leader.electedMs + RECOVERY_MS;
  for (const [key, { agentId, frameworkId }] of before.tasks) {
    if (next.tasks.has(key)) continue;
    const isOrphanToBe =
      next.recoveredAgents === undefined &&
      isWaitingForFrameworks &&
      !next.frameworks.has(frameworkId) &&
      !leader.listedFrameworks.has(frameworkId);
    const reason = agentReason(agentId) ?? (isOrphanToBe ? 'recovering' : undefined);
    if (reason) reasons.set(key, reason);
    else lost.push(key);
  }
  const loss = greatLoss(lost, before.tasks, leader.loss, nowMs);
  for (const key of loss?.tasks ?? []) reasons.set(key, 'unconfirmed');
  return {
    tasks: reasons,
    loss,
    agents: keptAgents(before, next, reasons, agentReason),
    frameworks: keptFrameworks(before, next, reasons, leader, isWaitingForFrameworks),
  };
}

type AgentRule = (id: AgentId) => HoldReason | undefined;

/** Why an agent, and what runs on it, stays though the leader does not list it. */
function agentRule(next: MasterState, leader: LeaderRecord, nowMs: number): AgentRule {
  const isRecovering = nowMs < leader.electedMs + RECOVERY_MS;
  const { emptySinceMs } = leader;
  const isTooEmpty =
    emptySinceMs !== undefined && (isRecovering || nowMs < emptySinceMs + EMPTY_STOOD_MS);
  return id => {
    if (next.agents.has(id)) return undefined;
    const mayComeBack = next.recoveredAgents?.has(id) ?? !leader.listedAgents.has(id);
    if (isRecovering && mayComeBack) return 'recovering';
    return isTooEmpty ? 'no-agents' : undefined;
  };
}

/** Half of all tasks and at least ten: held back until a second look shows it too. */
function greatLoss(
  lost: readonly TaskKey[],
  before: ClusterState['tasks'],
  pending: Loss | undefined,
  nowMs: number,
): Loss | undefined {
  const isConfirmed = pending !== undefined && nowMs >= pending.sinceMs + CONFIRM_AFTER_MS;
  const unseen = lost.filter(key => !pending?.tasks.has(key));
  if (unseen.length >= GREAT_LOSS_TASKS && unseen.length * 2 >= before.size) {
    return { sinceMs: nowMs, tasks: new Set(isConfirmed ? unseen : lost) };
  }
  if (!pending || isConfirmed) return undefined;
  return { sinceMs: pending.sinceMs, tasks: new Set(lost.filter(key => pending.tasks.has(key))) };
}

function keptAgents(
  before: Pick<ClusterState, 'agents' | 'tasks'>,
  next: MasterState,
  tasks: ReadonlyMap<TaskKey, HoldReason>,
  reason: AgentRule,
): Set<AgentId> {
  const kept = new Set<AgentId>();
  for (const id of before.agents.keys()) if (!next.agents.has(id) && reason(id)) kept.add(id);
  for (const key of tasks.keys()) {
    const id = before.tasks.get(key)?.agentId;
    if (id !== undefined && before.agents.has(id) && !next.agents.has(id)) kept.add(id);
  }
  return kept;
}

/** Orphans (before 1.2) keep the last known name of their framework as well. */
function keptFrameworks(
  before: Pick<ClusterState, 'frameworks' | 'tasks'>,
  next: MasterState,
  tasks: ReadonlyMap<TaskKey, HoldReason>,
  leader: LeaderRecord,
  isWaiting: boolean,
): Set<FrameworkId> {
  const isMissing = (id: FrameworkId) => before.frameworks.has(id) && !next.frameworks.has(id);
  const kept = new Set<FrameworkId>();
  for (const id of before.frameworks.keys()) {
    if (isMissing(id) && isWaiting && !leader.listedFrameworks.has(id)) kept.add(id);
  }
  for (const key of tasks.keys()) {
    const id = before.tasks.get(key)?.frameworkId;
    if (id !== undefined && isMissing(id)) kept.add(id);
  }
  for (const { frameworkId } of next.tasks.values())
    if (isMissing(frameworkId)) kept.add(frameworkId);
  return kept;
}
