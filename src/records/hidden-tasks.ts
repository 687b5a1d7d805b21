import type { MadeRecords } from './made-records.ts';
import type { HideCause } from './publish-rules.ts';

/** Counts the tasks that rules of the config hide, by cause. */
export class HiddenTasks {
  readonly #causes = new Map<string, HideCause>();
  readonly #counts = new Map<HideCause, number>();

  get counts(): ReadonlyMap<HideCause, number> {
    return this.#counts;
  }

  /** Hands `made` on, and notes which tasks in it are hidden now. */
  *noting(
    made: Iterable<readonly [source: string, made: MadeRecords]>,
  ): Generator<readonly [string, MadeRecords]> {
    for (const entry of made) {
      const [source, { hidden }] = entry;
      if (source.startsWith('task:')) this.#note(source, hidden?.cause);
      yield entry;
    }
  }

  #note(source: string, cause: HideCause | undefined): void {
    const before = this.#causes.get(source);
    if (before === cause) return;
    if (before !== undefined) this.#count(before, -1);
    if (cause === undefined) {
      this.#causes.delete(source);
      return;
    }
    this.#causes.set(source, cause);
    this.#count(cause, 1);
  }

  #count(cause: HideCause, step: 1 | -1): void {
    this.#counts.set(cause, (this.#counts.get(cause) ?? 0) + step);
  }
}
