import { type Octets, RCODE } from '../dns/index.ts';
import { attempt, type Channels, type Reply } from './attempt.ts';
import { Health, type HealthStatus } from './health.ts';
import type { UpstreamAddress } from './upstream-address.ts';
import { type UpstreamQuestion, upstreamQuery } from './upstream-query.ts';
import { count, type ForwardWorld } from './world.ts';

/** An upstream as an operator wants to see it. */
export interface UpstreamStatus extends HealthStatus {
  readonly address: string;
  readonly inFlight: number;
}

/** How an upstream is asked, as the operator wants it. */
export interface UpstreamManner {
  /** What one try may take, milliseconds. */
  readonly timeoutMs: number;
  readonly inRandomCase: boolean;
}

/** How long an upstream that choked on EDNS is asked without it. */
const PLAIN_FOR_MS = 600_000;

/** `. NS`, which every resolver can answer: proof of life for one that was dead. */
const ROOT_SERVERS: UpstreamQuestion = {
  octets: Uint8Array.of(0, 0, 2, 0, 1) satisfies Octets,
  flags: 1,
  options: new Uint8Array(0),
};

/** One upstream: how it is spoken to, and how it does. */
export class Upstream {
  readonly address: UpstreamAddress;
  readonly health: Health;
  readonly #channels: Channels;
  readonly #manner: UpstreamManner;
  readonly #world: ForwardWorld;
  #plainUntilMs = 0;
  #inFlight = 0;
  #isClosed = false;

  constructor(
    address: UpstreamAddress,
    channels: Channels,
    manner: UpstreamManner,
    world: ForwardWorld,
  ) {
    this.address = address;
    this.#channels = channels;
    this.#manner = manner;
    this.#world = world;
    const { clock, random } = world;
    this.health = new Health({
      clock,
      random,
      probe: done => this.ask(ROOT_SERVERS, reply => done(reply.kind === 'message')),
      onChange: isHealthy => this.#report(isHealthy),
    });
  }

  /** Asks once; calls `hear` once, later, within the manner's `timeoutMs`. */
  ask(question: UpstreamQuestion, hear: (reply: Reply) => void): void {
    if (this.#isClosed) {
      queueMicrotask(() => hear({ kind: 'failed', cause: 'unreachable' }));
      return;
    }
    const { clock, random } = this.#world;
    const { timeoutMs, inRandomCase } = this.#manner;
    const startMs = clock.monotonic();
    const withEdns = startMs >= this.#plainUntilMs;
    this.#inFlight++;
    count(this.#world, 'upstream_queries');
    const makeQuery = (edns: boolean) =>
      upstreamQuery(question, { withEdns: edns, inRandomCase }, random);
    const plan = { channels: this.#channels, clock, timeoutMs, withEdns, makeQuery };
    attempt(plan, reply => {
      this.#settle(reply, startMs);
      const isPlain = withEdns && reply.kind === 'message' && reply.isPlain;
      if (isPlain && shunsEdns(question, reply)) this.#plainUntilMs = startMs + PLAIN_FOR_MS;
      hear(reply);
    });
  }

  status(): UpstreamStatus {
    return { address: this.address.text, inFlight: this.#inFlight, ...this.health.status() };
  }

  /** Says whether a message from this port is a query of ours on its way to this upstream. */
  isOwnQuery(port: number, octets: Octets): boolean {
    const { first, stream } = this.#channels;
    return first.isOwnQuery(port, octets) || stream.isOwnQuery(port, octets);
  }

  close(): void {
    this.#isClosed = true;
    this.health.close();
    this.#channels.first.close();
    this.#channels.stream.close();
  }

  #report(isHealthy: boolean): void {
    const fields = { upstream: this.address.text };
    if (isHealthy) this.#world.log.info('An upstream answers again', fields);
    else this.#world.log.warn('An upstream does not answer', fields);
  }

  #settle(reply: Reply, startMs: number): void {
    this.#inFlight--;
    if (reply.kind === 'message') {
      this.health.answered(this.#world.clock.monotonic() - startMs);
    } else {
      count(this.#world, reply.cause === 'timeout' ? 'upstream_timeouts' : 'upstream_errors');
      // Short of sockets ourselves, we have learnt nothing about the upstream.
      if (reply.cause !== 'overloaded') this.health.failed();
    }
  }
}

/**
 * A good answer without EDNS, where there was none with it. A question with options of its client's
 * proves nothing: one broken option must not cost all others DNSSEC.
 */
function shunsEdns(question: UpstreamQuestion, { message }: Reply & { kind: 'message' }): boolean {
  const isGood = message.rcode === RCODE.NOERROR || message.rcode === RCODE.NXDOMAIN;
  return isGood && question.options.length === 0;
}
