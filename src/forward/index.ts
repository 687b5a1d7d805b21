/**
 * Names outside our zone. In: queries that our zone passes on. Out: responses from the cache or from
 * upstreams, by UDP, TCP and TLS. Rules: RFC 1035 section 4.2, RFC 2308, RFC 5452, RFC 6891, RFC 7766,
 * RFC 7858, RFC 8767, RFC 8914, RFC 9520.
 *
 * Begin with `forwarder.ts`. A query takes `cache-answer.ts`, or `forward-handler.ts`, `resolver.ts`
 * and a `race.ts` between upstreams; each `upstream.ts` has a `channel.ts` for UDP and for streams.
 */
export { FORWARD_COUNTERS, type ForwardCounter } from './counters.ts';
export {
  type CacheSize,
  type Forwarder,
  type ForwardOptions,
  makeForwarder,
} from './forwarder.ts';
export { DEFAULT_CAPS } from './lifetime.ts';
export type { UpstreamStatus } from './upstream.ts';
export type { UpstreamAddress } from './upstream-address.ts';
