import {
  badOptions,
  badVersion,
  formatError,
  type Octets,
  type Query,
  readQuery,
  servfail,
} from '../dns/index.ts';
import type { Counters, Log } from '../runtime/index.ts';
import type { Handler, SlowPath } from './handler.ts';

/** What the slow path counts. */
export const HANDLER_COUNTERS = [
  'handled',
  'malformed',
  'bad_version',
  /** No handler took it. */
  'unhandled',
  /** A handler threw, or its promise was rejected: SERVFAIL. */
  'handler_failed',
] as const;

export type HandlerCounter = (typeof HANDLER_COUNTERS)[number];

/**
 * From octets to a response through `handle`: junk gets silence or FORMERR, a later version of EDNS
 * BADVERS (RFC 6891 section 6.1.3), and a handler that fails SERVFAIL. The promise never rejects.
 */
export function slowPath(handle: Handler, counters: Counters<HandlerCounter>, log: Log): SlowPath {
  const count = (name: HandlerCounter) => counters.values[counters.slot[name]]++;
  return (octets, client, maxOctets) => {
    const read = readQuery(octets, client, maxOctets);
    if (read.kind === 'ignore') return undefined;
    if (read.kind === 'malformed') {
      count('malformed');
      return Promise.resolve(formatError(octets));
    }
    const { query } = read;
    if (read.kind === 'bad-options') {
      count('malformed');
      return Promise.resolve(badOptions(query));
    }
    if (query.edns && query.edns.version !== 0) {
      count('bad_version');
      return Promise.resolve(badVersion(query));
    }
    return answer(handle, query, count, log);
  };
}

async function answer(
  handle: Handler,
  query: Query,
  count: (name: HandlerCounter) => void,
  log: Log,
): Promise<Octets | undefined> {
  try {
    const response = await handle(query);
    count(response ? 'handled' : 'unhandled');
    return response;
  } catch (error) {
    count('handler_failed');
    log.debug('Cannot answer a query', { name: query.question.name, error });
    return servfail(query);
  }
}
