/**
 * Why a task that the leader does not list keeps its place (DESIGN 6).
 *
 * `recovering`: its agent has not come back since the election; `no-agents`: the leader says it has no
 * agent at all; `unconfirmed`: half of all tasks are gone at once, and only one look has shown it;
 * `agent-back`: its agent has just come back, and may still tell of it.
 */
export const HOLD_REASONS = ['recovering', 'no-agents', 'unconfirmed', 'agent-back'] as const;

export type HoldReason = (typeof HOLD_REASONS)[number];
