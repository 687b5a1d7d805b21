/**
 * The sockets. In: octets of DNS messages by UDP and TCP. Out: the octets of their responses, or
 * silence. The control thread makes the listening sockets (`openListeners`), answer threads serve
 * them (`makeServer`). Rules: RFC 1035 section 4.2, RFC 7766, RFC 9210.
 *
 * UDP has two back ends and one for wildcards: `udp-batched.ts`, `udp-portable.ts`, `udp-wildcard.ts`.
 * TCP begins in `tcp.ts`, what TLS adds to it (RFC 7858) is in `tls-door.ts`. What Node lacks comes by `system-calls.ts`.
 */
export type { Answering, Transfer, TransferMessages } from './answering.ts';
export {
  DURATION_BOUNDS_US,
  RESPONSE_OCTETS_BOUNDS,
  SERVER_COUNTERS,
  type ServerCounter,
} from './counters.ts';
export { HANDED_OVER, inheritedDescriptors } from './inherited-sockets.ts';
export {
  type ListenAddress,
  type Listeners,
  type ListenOptions,
  type ListenSocket,
  openListeners,
} from './listeners.ts';
export { allowNetworks } from './query-access.ts';
export { limitResponses, type RateLimit } from './rate-limit.ts';
export type { UdpMode } from './served-socket.ts';
export { type DnsServer, makeServer } from './server.ts';
export { loadSystemCalls, type SystemCalls } from './system-calls.ts';
export { limitsOfThread, TCP_LIMITS, type TcpLimits } from './tcp-limits.ts';
export type { Certificate } from './tls-door.ts';
export { restrictViews, type View } from './views.ts';
