import { EXTENDED_ERROR } from '../dns/index.ts';
import type { Cancel } from '../runtime/index.ts';
import type { Reply } from './attempt.ts';
import { UNHELPFUL } from './flights.ts';
import type { UpstreamMessage } from './message-reader.ts';
import type { Upstream } from './upstream.ts';
import type { UpstreamQuestion } from './upstream-query.ts';
import { count, type ForwardWorld } from './world.ts';

/** What came of a question: a response, or why there is none. */
export type Outcome =
  | { readonly kind: 'response'; readonly message: UpstreamMessage }
  | { readonly kind: 'failure'; readonly extendedError: number };

/** By then a client has its response, come what may; milliseconds. */
export const DEADLINE_MS = 3_500;
/** A second try starts when the first one takes unusually long, between these bounds. */
const HEDGE_MS = { least: 50, most: 750, unmeasured: 400 } as const;
/** The most tries for one question: each asks one upstream once. */
const MAX_TRIES = 4;
/** One question in so many goes to another upstream first, to learn how fast it is now. */
const EXPLORE_ONE_IN = 32;

/**
 * Asks a list of upstreams one question and calls `finish` once, within `DEADLINE_MS`: with the first
 * good response, else with the last unhelpful one, else with a failure. The fastest upstream goes
 * first; the next one is asked as soon as it fails, or beside it when it is slow. Those that come too
 * late still count for their upstream's health.
 */
export class Race {
  readonly #candidates: readonly Upstream[];
  readonly #maxTries: number;
  readonly #question: UpstreamQuestion;
  readonly #world: ForwardWorld;
  #finish: ((outcome: Outcome) => void) | undefined;
  #unhelpful: UpstreamMessage | undefined;
  #hasTimedOut = false;
  #tries = 0;
  #pending = 0;
  #cancelHedge: Cancel = () => {};
  readonly #cancelDeadline: Cancel;

  constructor(
    upstreams: readonly Upstream[],
    question: UpstreamQuestion,
    world: ForwardWorld,
    finish: (outcome: Outcome) => void,
  ) {
    this.#candidates = inOrder(upstreams, world);
    this.#maxTries = triesFor(this.#candidates);
    this.#question = question;
    this.#world = world;
    this.#finish = finish;
    this.#cancelDeadline = world.clock.after(DEADLINE_MS, () => this.#giveUp());
    this.#try();
  }

  #try(): void {
    const upstream = this.#candidates[this.#tries % this.#candidates.length];
    const startMs = this.#world.clock.monotonic();
    let isDone = false;
    this.#tries++;
    this.#pending++;
    upstream.ask(this.#question, reply => {
      isDone = true;
      this.#pending--;
      this.#take(reply);
    });
    this.#cancelHedge();
    if (this.#tries >= this.#maxTries) return;
    this.#cancelHedge = this.#world.clock.after(this.#hedgeMs(upstream), () => {
      if (!isDone) upstream.health.isSilentFor(this.#world.clock.monotonic() - startMs);
      count(this.#world, 'upstream_hedges');
      this.#try();
    });
  }

  /** A lone upstream is not pressed: the same question again helps only when a datagram was lost. */
  #hedgeMs(upstream: Upstream): number {
    if (this.#candidates.length === 1 || this.#tries > 1) return HEDGE_MS.most;
    const { patienceMs } = upstream.health;
    if (!Number.isFinite(patienceMs)) return HEDGE_MS.unmeasured;
    return Math.min(HEDGE_MS.most, Math.max(HEDGE_MS.least, patienceMs));
  }

  #take(reply: Reply): void {
    if (!this.#finish) return;
    if (reply.kind === 'message' && !UNHELPFUL.has(reply.message.rcode)) {
      this.#end({ kind: 'response', message: reply.message });
      return;
    }
    if (reply.kind === 'message') this.#unhelpful = reply.message;
    else if (reply.cause === 'timeout') this.#hasTimedOut = true;
    const hasAskedAll = this.#tries >= this.#candidates.length;
    if (this.#mayTry(hasAskedAll && reply.kind === 'message')) this.#try();
    else if (this.#pending === 0) this.#giveUp();
  }

  /** An upstream that gave its word (an error) is not asked for it again. */
  #mayTry(wouldRepeat: boolean): boolean {
    return this.#tries < this.#maxTries && !wouldRepeat;
  }

  #giveUp(): void {
    const { NO_REACHABLE_AUTHORITY, NETWORK_ERROR } = EXTENDED_ERROR;
    const extendedError =
      this.#hasTimedOut || this.#pending > 0 ? NO_REACHABLE_AUTHORITY : NETWORK_ERROR;
    if (this.#unhelpful) this.#end({ kind: 'response', message: this.#unhelpful });
    else this.#end({ kind: 'failure', extendedError });
  }

  #end(outcome: Outcome): void {
    const finish = this.#finish;
    this.#finish = undefined;
    this.#cancelHedge();
    this.#cancelDeadline();
    finish?.(outcome);
  }
}

/** When all are dead the first two are given a chance to show that they are back, no more. */
function triesFor(candidates: readonly Upstream[]): number {
  if (!candidates[0].health.isHealthy) return Math.min(2, candidates.length);
  return Math.max(3, Math.min(MAX_TRIES, candidates.length + 1));
}

/** The healthy ones, fastest first and otherwise as configured; all of them when all are dead. */
function inOrder(upstreams: readonly Upstream[], world: ForwardWorld): readonly Upstream[] {
  const healthy = upstreams.filter(({ health }) => health.isHealthy);
  if (healthy.length === 0) return upstreams;
  if (healthy.length === 1) return healthy;
  healthy.sort((one, other) => rank(one) - rank(other));
  if (world.random.below(EXPLORE_ONE_IN) === 0) {
    const [explored] = healthy.splice(1 + world.random.below(healthy.length - 1), 1);
    healthy.unshift(explored);
  }
  return healthy;
}

/** Finite, so that two without a measurement keep their order. */
function rank({ health }: Upstream): number {
  return Math.min(health.latencyMs, Number.MAX_SAFE_INTEGER);
}
