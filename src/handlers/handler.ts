import type { Client, Octets, Query } from '../dns/index.ts';

/**
 * The slow path: answers a query, or returns undefined at once when it is not its business. The
 * octets are a whole response. A promise that is still pending when the client is gone is dropped.
 */
export type Handler = (query: Query) => Octets | Promise<Octets> | undefined;

/** The first handler that takes the query answers it. */
export function firstOf(...handlers: readonly Handler[]): Handler {
  return query => {
    for (const handle of handlers) {
      const response = handle(query);
      if (response !== undefined) return response;
    }
    return undefined;
  };
}

/**
 * What the hot path left over, as the server hands it on: `octets` is a copy to keep, unread and
 * perhaps junk; `maxOctets` is what the transport can carry. Undefined, at once or later, means
 * silence; a promise that rejects is counted and means silence too.
 */
export type SlowPath = (
  octets: Octets,
  client: Client,
  maxOctets: number,
) => Promise<Octets | undefined> | undefined;
