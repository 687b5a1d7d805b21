import { RCODE } from '../dns/index.ts';
import type { Cancel, Clock } from '../runtime/index.ts';
import type { Channel, Heard, OutgoingQuery } from './channel.ts';
import type { UpstreamMessage } from './message-reader.ts';

/** What one try at one upstream came to. */
export type Reply =
  | { readonly kind: 'message'; readonly message: UpstreamMessage; readonly isPlain: boolean }
  | { readonly kind: 'failed'; readonly cause: 'timeout' | 'unreachable' | 'overloaded' };

/** The ways to one upstream: `first` is asked first, `stream` when a response was truncated. */
export interface Channels {
  readonly first: Channel;
  readonly stream: Channel;
}

/** What a try needs: the query in either manner, and where to put it. */
export interface AttemptPlan {
  readonly channels: Channels;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly withEdns: boolean;
  readonly makeQuery: (withEdns: boolean) => OutgoingQuery;
}

/** Servers from before EDNS answer it so (RFC 6891 section 7). */
const NOT_EDNS: ReadonlySet<number> = new Set([RCODE.FORMERR, RCODE.NOTIMP, RCODE.BADVERS]);

/**
 * One try at one upstream, up to three exchanges in `timeoutMs` together: with EDNS, without it when
 * that is not understood, and by stream when the response was truncated. Should the stream fail, the
 * truncated response is the reply.
 */
export function attempt(plan: AttemptPlan, hear: (reply: Reply) => void): void {
  let truncated: Reply | undefined;
  let cancelExchange: Cancel = () => {};
  const finish = (reply: Reply) => {
    cancelTimer();
    hear(reply);
  };
  const cancelTimer = plan.clock.after(plan.timeoutMs, () => {
    cancelExchange();
    hear(truncated ?? { kind: 'failed', cause: 'timeout' });
  });
  const exchange = (channel: Channel, withEdns: boolean) => {
    cancelExchange = channel.ask(plan.makeQuery(withEdns), heard => take(heard, withEdns));
  };
  const take = (heard: Heard, withEdns: boolean) => {
    if (heard.kind === 'fault') {
      const cause = heard.fault === 'overloaded' ? 'overloaded' : 'unreachable';
      return finish(truncated ?? { kind: 'failed', cause });
    }
    const { message } = heard;
    if (withEdns && NOT_EDNS.has(message.rcode)) return exchange(plan.channels.first, false);
    const reply: Reply = { kind: 'message', message, isPlain: !withEdns };
    const isTruncated = (message.octets[2] & 0x02) !== 0;
    if (!isTruncated || truncated) return finish(reply);
    truncated = reply;
    exchange(plan.channels.stream, withEdns);
  };
  exchange(plan.channels.first, plan.withEdns);
}
