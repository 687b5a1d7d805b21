/**
 * Who answers a query. In: a query. Out: a response, from the first handler that takes it: our zone,
 * the server's own names, the upstreams, or a refusal. Rules: RFC 1034 section 4.3, RFC 8482.
 */

export { chaosHandler } from './chaos-handler.ts';
export { withCookieQueries } from './cookie-query.ts';
export { firstOf, type Handler, type SlowPath } from './handler.ts';
export { withOwnOptions } from './own-options.ts';
export { type QueryLogOptions, withQueryLog } from './query-log.ts';
export { opcodeHandler, refuseHandler } from './refuse-handler.ts';
export { HANDLER_COUNTERS, slowPath } from './slow-path.ts';
export { zoneHandler } from './zone-handler.ts';
