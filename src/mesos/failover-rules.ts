import type { AgentId, ClusterState, FrameworkId, Task, TaskKey } from './cluster-state.ts';
import type { HoldReason } from './hold-reason.ts';
import { type LeaderRecord, type Loss, RECOVERY_MS } from './leader-record.ts';
import type { MasterState } from './master-state.ts';

/** How long a state without any agent must have stood. */
const EMPTY_STOOD_MS = 60_000;
/** Between the first look at a great loss and the one that confirms it. */
const CONFIRM_AFTER_MS = 1_000;
const GREAT_LOSS_TASKS = 10;

/** What stays of the state before, beside what the leader lists. */
export interface Kept {
  readonly tasks: ReadonlyMap<TaskKey, HoldReason>;
  readonly agents: ReadonlySet<AgentId>;
  readonly frameworks: ReadonlySet<FrameworkId>;
  readonly loss: Loss | undefined;
}

/** What the leader does not list, of all that was published before. */
export interface Missing {
  readonly tasks: readonly TaskKey[];
  readonly agents: readonly AgentId[];
  readonly frameworks: readonly FrameworkId[];
}

/** Decides what stays of the missing. Pure: all times are handed in. */
export function keepThroughFailover(
  before: Pick<ClusterState, 'agents' | 'tasks'>,
  missing: Missing,
  next: MasterState,
  leader: LeaderRecord,
  nowMs: number,
): Kept {
  const agentReason = agentRule(next, leader, nowMs);
  const lateFrameworks = frameworksStillToCome(missing, leader, nowMs);
  const hasOrphans = next.recoveredAgents === undefined;
  const reasons = new Map<TaskKey, HoldReason>();
  const lost: TaskKey[] = [];
  for (const key of missing.tasks) {
    const task = before.tasks.get(key);
    if (!task) continue;
    const isOrphanToBe = hasOrphans && lateFrameworks.has(task.frameworkId);
    const reason = agentReason(task.agentId) ?? (isOrphanToBe ? 'recovering' : undefined);
    if (reason) reasons.set(key, reason);
    else lost.push(key);
  }
  const loss = greatLoss(lost, before.tasks.size - reasons.size, leader.loss, nowMs);
  for (const key of loss?.tasks ?? []) reasons.set(key, 'unconfirmed');
  const held = [...reasons.keys()].flatMap(key => before.tasks.get(key) ?? []);
  return {
    tasks: reasons,
    loss,
    agents: keptAgents(missing, held, agentReason),
    frameworks: keptFrameworks(missing, held, next, lateFrameworks),
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

/** Frameworks that this leader has not listed yet, while there is time for it. */
function frameworksStillToCome(
  missing: Missing,
  leader: LeaderRecord,
  nowMs: number,
): ReadonlySet<FrameworkId> {
  if (nowMs >= leader.electedMs + RECOVERY_MS) return new Set();
  return new Set(missing.frameworks.filter(id => !leader.listedFrameworks.has(id)));
}

/** Half of all tasks not held otherwise, and at least ten: held back until a second look shows it too. */
function greatLoss(
  lost: readonly TaskKey[],
  taskCount: number,
  pending: Loss | undefined,
  nowMs: number,
): Loss | undefined {
  const isConfirmed = pending !== undefined && nowMs >= pending.sinceMs + CONFIRM_AFTER_MS;
  const unseen = lost.filter(key => !pending?.tasks.has(key));
  if (unseen.length >= GREAT_LOSS_TASKS && unseen.length * 2 >= taskCount) {
    return { sinceMs: nowMs, tasks: new Set(isConfirmed ? unseen : lost) };
  }
  if (!pending || isConfirmed) return undefined;
  const again = lost.filter(key => pending.tasks.has(key));
  return again.length > 0 ? { sinceMs: pending.sinceMs, tasks: new Set(again) } : undefined;
}

function keptAgents(missing: Missing, held: readonly Task[], reason: AgentRule): Set<AgentId> {
  const kept = new Set(missing.agents.filter(id => reason(id)));
  const isMissing = new Set(missing.agents);
  for (const { agentId } of held) if (isMissing.has(agentId)) kept.add(agentId);
  return kept;
}

/** Orphans (before 1.2) keep the last known name of their framework as well. */
function keptFrameworks(
  missing: Missing,
  held: readonly Task[],
  next: MasterState,
  late: ReadonlySet<FrameworkId>,
): Set<FrameworkId> {
  const kept = new Set(late);
  if (missing.frameworks.length === 0) return kept;
  const isMissing = new Set(missing.frameworks);
  for (const { frameworkId } of held) if (isMissing.has(frameworkId)) kept.add(frameworkId);
  for (const { frameworkId } of next.tasks.values()) {
    if (isMissing.has(frameworkId)) kept.add(frameworkId);
  }
  return kept;
}
