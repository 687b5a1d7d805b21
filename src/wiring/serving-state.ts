import type { ServingState } from '../zone/index.ts';

/** How fresh the zone is. */
export interface Freshness {
  /** Whether any state was ever published, be it from a snapshot. */
  readonly hasZone: boolean;
  /** The cluster is coming back and the zone may lack names (DESIGN 6). */
  readonly isRecovering: boolean;
  /** Since the masters last confirmed the state; undefined when they never did. */
  readonly ageMs: number | undefined;
}

/** From when on it counts as stale, and what that means. */
export interface StalenessLimits {
  readonly staleAfterSeconds: number;
  readonly staleTtlCapSeconds: number;
}

/** What answers are worth now (DESIGN 5.6). */
export function servingState(
  { hasZone, isRecovering, ageMs }: Freshness,
  { staleAfterSeconds, staleTtlCapSeconds }: StalenessLimits,
): ServingState {
  if (!hasZone) return { kind: 'starting' };
  if (isRecovering) return { kind: 'recovering' };
  const isStale = ageMs === undefined || ageMs >= staleAfterSeconds * 1000;
  return isStale ? { kind: 'stale', ttlCapSeconds: staleTtlCapSeconds } : { kind: 'live' };
}
