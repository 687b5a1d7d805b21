import type { DeltaStep } from '../zone/index.ts';

/** What a step can be applied to. */
export interface StepTable {
  applyStep(step: DeltaStep): void;
}

interface WaitingStep {
  readonly step: DeltaStep;
  readonly table: StepTable;
}

type Waiting = WaitingStep | (() => void);

/**
 * Applies the steps of deltas one a turn of the event loop. A message port hands over all that waits
 * for it in one go, so a large delta would hold up every answer until it is applied; this way
 * queries are answered between two steps.
 */
export class StepQueue {
  #waiting: Waiting[] = [];
  #next = 0;
  #isResting = false;

  /** Applies `step` to `table`, at once when none was applied in this turn. */
  add(step: DeltaStep, table: StepTable): void {
    this.#waiting.push({ step, table });
    this.#work();
  }

  /** Calls `act` when all steps added before have been applied: at once when none waits. */
  after(act: () => void): void {
    this.#waiting.push(act);
    this.#work();
  }

  #work(): void {
    while (!this.#isResting && this.#next < this.#waiting.length) {
      const next = this.#waiting[this.#next++];
      if (typeof next === 'function') next();
      else this.#apply(next);
    }
    if (this.#next === this.#waiting.length && this.#next > 0) {
      this.#waiting = [];
      this.#next = 0;
    }
  }

  #apply({ step, table }: WaitingStep): void {
    table.applyStep(step);
    // Many steps of a large zone would else wait for the garbage collector.
    (step.octets.buffer as ArrayBuffer).transfer(0);
    this.#isResting = true;
    setImmediate(() => {
      this.#isResting = false;
      this.#work();
    });
  }
}
