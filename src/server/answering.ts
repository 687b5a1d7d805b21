import type { AnswerInto, Client, ClientView, Octets } from '../dns/index.ts';
import type { SlowPath } from '../handlers/index.ts';
import type { Clock, Counters, Log } from '../runtime/index.ts';
import type { ServerCounter } from './counters.ts';

/**
 * The messages of a transfer. Each is a whole response, taken when the peer has room for it; its
 * octets may be written anew as soon as the next one is asked for.
 */
export interface TransferMessages extends AsyncIterable<Octets> {
  /** The client is gone: what is still waited for does not come any more. */
  cancel(): void;
}

/** A transfer for a query that came by TCP; undefined at once when the query asks for none. */
export type Transfer = (octets: Octets, client: Client) => TransferMessages | undefined;

/** What the sockets of an answer thread answer with. */
export interface Answering {
  readonly answerInto: AnswerInto;
  /** Filled in with the client before each call of `answerInto`. */
  readonly client: ClientView;
  readonly slow: SlowPath;
  readonly transfer?: Transfer;
  /** The most octets of a response by UDP, whatever a client offers. */
  readonly udpPayloadMax: number;
  readonly counters: Counters<ServerCounter>;
  readonly clock: Clock;
  readonly log: Log;
}
