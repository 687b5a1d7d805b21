/**
 * The HTTP API. In: requests, and functions that say what is true now. Out: Mesos-DNS's `/v1/*` as it
 * stands there, health, metrics, explanations, the watch and the status page. Rules: RFC 9110, server-
 * sent events of the WHATWG HTML standard.
 */
export type { Refusal } from './guard.ts';
export { API_LIMITS, type ApiLimits, type ApiOptions, type ApiServer, startApi } from './server.ts';
export type { ApiSources, ReadableZone } from './sources.ts';
export type {
  StatusReport,
  ThreadStatus,
  UpstreamStatus,
} from './status-report.ts';
export {
  ZONE_WATCH_LIMITS,
  type ZoneWatch,
  type ZoneWatchLimits,
  zoneWatch,
} from './zone-watch.ts';
