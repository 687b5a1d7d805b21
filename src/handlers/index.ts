/**
 * Who answers a query. In: a query. Out: a response, from the first handler that takes it: our zone,
 * the server's own names, the upstreams, or a refusal. Rules: RFC 1034 section 4.3, RFC 8482.
 */
export { firstOf, type Handler, type SlowPath, type TransferHandler } from './handler.ts';
