import type { HostPort } from './cluster-state.ts';
import type { MasterFault } from './master-error.ts';

/** What is known of the masters now. */
export interface LeaderReport {
  /** Where to ask for the state; undefined while nobody leads, or nobody can say who. */
  readonly leader: HostPort | undefined;
  /** Every master that is known, in a stable order: it numbers them. */
  readonly masters: readonly HostPort[];
  /** Why there is no leader, when there is none. */
  readonly fault?: MasterFault | undefined;
  /** The same for people. */
  readonly reason?: string | undefined;
}

/**
 * Finds out who leads, and goes on watching: reports the first finding, every change, and, while it
 * asks the masters and none is known to lead, every round that was in vain.
 */
export interface LeaderDetector {
  /** Asks for a new look soon: the leader does not answer, or another one was named. */
  doubt(): void;
  close(): Promise<void>;
}

/** Starts a detector; `onReport` is told what it finds. */
export type MakeLeaderDetector = (onReport: (report: LeaderReport) => void) => LeaderDetector;
