import type { Agent, StateFault, Task, TaskDetails } from './cluster-state.ts';
import { NO_DETAILS } from './decode-details.ts';
import { JsonSpans } from './json-spans.ts';
import { type Known, type Leader, type MasterState, NOTHING_KNOWN } from './master-state.ts';
import { SpanCache } from './span-cache.ts';
import { StateParts } from './state-parts.ts';
import { STATE_SHAPE } from './state-shape.ts';

/** A body that is being read. */
export interface StateBody {
  /** Takes octets as they come, cut anywhere; they are not kept. @throws {StateError} */
  write(octets: Uint8Array): void;
  /** After the last octet. @throws {StateError} When the body cannot be believed as a whole. */
  finish(): MasterState;
}

/**
 * Reads the bodies of `/state` (Mesos 0.19 to 1.12), of GET_STATE and of the event SUBSCRIBED, one
 * after the other, and parses only what the body before did not hold octet for octet.
 */
export class StateReader {
  /** What is read of each task beyond what all are asked for. */
  readonly details: TaskDetails;
  readonly #known: Known;
  readonly #agents = new SpanCache<Agent | undefined>();
  readonly #tasks = new SpanCache<Task | undefined>();
  /** What the body before had to tell of the parts that are read each time. */
  #told: ReadonlySet<string> = new Set();

  constructor(known: Known = NOTHING_KNOWN, details: TaskDetails = NO_DETAILS) {
    this.#known = known;
    this.details = details;
  }

  /**
   * Begins to read a body. One that is given up or refused leaves no trace.
   *
   * @param leader Who leads, for the v1 bodies, which do not say; `/state` speaks for itself.
   */
  begin(leader?: Leader): StateBody {
    const own = { agents: this.#agents.begin(), tasks: this.#tasks.begin() };
    const parts = new StateParts(own, this.#known, leader, this.details);
    const spans = new JsonSpans(STATE_SHAPE, parts);
    return {
      write: octets => spans.write(octets),
      finish: () => {
        spans.finish();
        const state = parts.finish();
        own.agents.commit();
        own.tasks.commit();
        return { ...state, faults: this.#untold(state.faults) };
      },
    };
  }

  #untold(faults: readonly StateFault[]): readonly StateFault[] {
    const before = this.#told;
    this.#told = new Set(faults.map(text));
    return faults.filter(fault => !before.has(text(fault)));
  }

  /** Reads a body that is there as a whole. @throws {StateError} */
  read(octets: Uint8Array, leader?: Leader): MasterState {
    const body = this.begin(leader);
    body.write(octets);
    return body.finish();
  }
}

function text({ cause, where }: StateFault): string {
  return `${cause} ${where}`;
}
