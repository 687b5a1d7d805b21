import { RCODE } from '../dns/index.ts';
import type { KeptResponse } from './kept-response.ts';

/** What those who wait for a question get. */
export type Landing =
  | { readonly kind: 'kept'; readonly kept: KeptResponse }
  | { readonly kind: 'failure'; readonly extendedError: number };

/** An upstream that cannot help says so with one of these: not that nobody can. */
export const UNHELPFUL: ReadonlySet<number> = new Set([
  RCODE.SERVFAIL,
  RCODE.REFUSED,
  RCODE.NOTIMP,
]);

/** Says whether a landing tells something about the name. */
export function isHelpful(landing: Landing): boolean {
  return landing.kind === 'kept' && !UNHELPFUL.has(landing.kept.rcode);
}

/** How much may be on its way at once. */
export interface FlightLimits {
  /** The most questions on their way at once. */
  readonly questions: number;
  /** The most clients that wait for them, all questions together. */
  readonly waiters: number;
}

/** Questions on their way to upstreams: equal ones travel together, and there are only so many. */
export class Flights {
  readonly #limits: FlightLimits;
  readonly #flights = new Map<string, ((landing: Landing) => void)[]>();
  #waiters = 0;

  constructor(limits: FlightLimits) {
    this.#limits = limits;
  }

  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /** Says whether a question under this key may be asked or waited for. */
  hasRoomFor(key: string): boolean {
    if (this.#waiters >= this.#limits.waiters) return false;
    return this.#flights.has(key) || this.#flights.size < this.#limits.questions;
  }

  /** Joins the flight under `key`, starting it first when there is none. `start` lands it once. */
  join(
    key: string,
    start: (land: (landing: Landing) => void) => void,
    hear: (landing: Landing) => void,
  ): void {
    this.#waiters++;
    const flight = this.#flights.get(key);
    if (flight) {
      flight.push(hear);
      return;
    }
    const waiting = [hear];
    this.#flights.set(key, waiting);
    start(landing => {
      this.#flights.delete(key);
      this.#waiters -= waiting.length;
      for (const tell of waiting) tell(landing);
    });
  }
}
