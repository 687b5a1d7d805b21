import type { Serial } from '../dns/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { ChangeFilter } from './change-filter.ts';
import { type ChangeFacts, type ChangeHistory, factsOf, filtered } from './change-history.ts';
import { json, type Reply, text } from './reply.ts';
import type { ApiRequest } from './route.ts';
import type { ReadableZone } from './sources.ts';

/** Shorter than the silence after which connections are cut. */
const LONGEST_WAIT_SECONDS = 25;

interface Waiting {
  readonly filter: ChangeFilter | undefined;
  /** The serial told when nothing else happens; it moves on with what the filter leaves out. */
  at: Serial;
  readonly answer: (reply: Reply) => void;
}

/**
 * Those who ask by long polls what has changed. `reset` in an answer says that the zone is to be read
 * anew; who gives no serial to begin with is told so as well.
 */
export class ChangePolls {
  readonly #zone: Pick<ReadableZone, 'serial'>;
  readonly #history: ChangeHistory;
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiting>();

  constructor(zone: Pick<ReadableZone, 'serial'>, history: ChangeHistory, clock: Clock) {
    this.#zone = zone;
    this.#history = history;
    this.#clock = clock;
  }

  /** How many wait now. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Answers at once what is known to have changed since `?after=`, else after `?wait=` seconds at most. */
  answer({ query }: ApiRequest, filter: ChangeFilter | undefined): Reply | Promise<Reply> {
    const { serial: now } = this.#zone;
    if (now === undefined) return text(503, 'No state of the cluster was read yet');
    const known = knownChanges(this.#history, query.get('after'), now);
    if (known === undefined) return changesReply(now, undefined);
    const changes = known.flatMap(change => (filter ? (filtered(change, filter) ?? []) : change));
    const seconds = waitSeconds(query.get('wait'));
    if (changes.length > 0 || seconds === 0) return changesReply(now, changes);
    return this.#wait(now, filter, seconds);
  }

  /** To be called for each version of the zone; without facts it is too much to tell. */
  publish(to: Serial, facts: ChangeFacts | undefined): void {
    for (const one of this.#waiting) {
      one.at = to;
      const rest = facts && one.filter ? filtered(facts, one.filter) : facts;
      if (facts === undefined) one.answer(changesReply(to, undefined));
      else if (rest) one.answer(changesReply(to, [rest]));
    }
  }

  /** Answers all who wait. */
  close(): void {
    for (const one of this.#waiting) one.answer(changesReply(one.at, []));
  }

  #wait(at: Serial, filter: ChangeFilter | undefined, seconds: number): Promise<Reply> {
    return new Promise(resolve => {
      const one: Waiting = {
        filter,
        at,
        answer: reply => {
          cancel();
          this.#waiting.delete(one);
          resolve(reply);
        },
      };
      const cancel = this.#clock.after(seconds * 1000, () => {
        one.answer(changesReply(one.at, []));
      });
      this.#waiting.add(one);
    });
  }
}

/** Undefined where some change since `after` is not known, or is too much to tell. */
function knownChanges(
  history: ChangeHistory,
  after: string | null,
  now: Serial,
): readonly ChangeFacts[] | undefined {
  if (after === `${now}`) return [];
  const changes = after === null ? undefined : history.since(after);
  const known = changes?.flatMap(({ json: told }) => (told === undefined ? [] : factsOf(told)));
  return known?.length === changes?.length ? known : undefined;
}

function changesReply(serial: Serial, changes: readonly ChangeFacts[] | undefined): Reply {
  return json({ serial, reset: changes === undefined, changes: changes ?? [] });
}

/** Of `30` and `30s`; what cannot be read waits as long as may be. */
function waitSeconds(wait: string | null): number {
  const [, digits] = /^(\d{1,4})s?$/.exec(wait ?? '') ?? [];
  return Math.min(Number(digits ?? LONGEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS);
}
