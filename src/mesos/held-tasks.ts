import type { TaskKey } from './cluster-state.ts';
import { HOLD_REASONS, type HoldReason } from './hold-reason.ts';

/** How many tasks are held, by reason. */
export type HeldCounts = Readonly<Record<HoldReason, number>>;

/**
 * The tasks that keep their place though the leader does not list them, counted as they come and
 * go.
 */
export class HeldTasks {
  readonly #reasons = new Map<TaskKey, HoldReason>();
  #counts = noneHeld();

  get counts(): HeldCounts {
    return { ...this.#counts };
  }

  /** Why each of them is held; live. */
  get reasons(): ReadonlyMap<TaskKey, HoldReason> {
    return this.#reasons;
  }

  has(key: TaskKey): boolean {
    return this.#reasons.has(key);
  }

  set(key: TaskKey, reason: HoldReason): void {
    this.delete(key);
    this.#reasons.set(key, reason);
    this.#counts[reason]++;
  }

  delete(key: TaskKey): void {
    const reason = this.#reasons.get(key);
    if (reason === undefined) return;
    this.#reasons.delete(key);
    this.#counts[reason]--;
  }

  replace(reasons: ReadonlyMap<TaskKey, HoldReason>): void {
    this.#reasons.clear();
    this.#counts = noneHeld();
    for (const [key, reason] of reasons) this.set(key, reason);
  }
}

/** The counts while nothing is held. */
export function noneHeld(): Record<HoldReason, number> {
  return Object.fromEntries(HOLD_REASONS.map(reason => [reason, 0])) as Record<HoldReason, number>;
}
