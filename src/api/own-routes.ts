import { domainName, ipAddress } from '../dns/index.ts';
import { zoneText } from '../zone/index.ts';
import type { Catalog } from './catalog.ts';
import { changeFilter } from './change-filter.ts';
import { nameRecords } from './name-records.ts';
import { json, type Reply, text } from './reply.ts';
import type { ApiRequest, Route } from './route.ts';
import type { ApiSources } from './sources.ts';
import type { ZoneWatch } from './zone-watch.ts';

/** What Mesonym serves beside Mesos-DNS's API. */
export function ownRoutes(
  sources: ApiSources,
  watch: ZoneWatch,
  catalog: Catalog,
): readonly Route[] {
  return [
    own('/health', 'health', () => json({ status: 'ok' })),
    own('/ready', 'health', () => readiness(sources)),
    own('/metrics', 'metrics', () => metrics(sources)),
    watching('/v1/watch', request => watch.follow(request, changeFilter(request.query, sources))),
    watching('/v1/changes', request =>
      watch.changes(request, changeFilter(request.query, sources)),
    ),
    own('/v1/records/:', 'records', request => nameRecords(sources, request)),
    own('/v1/status', 'status', () => json(status(sources, watch))),
    own('/v1/secondaries', 'status', () => json(sources.secondaries())),
    own('/v1/catalog', 'status', ({ query }) => json(catalog(query))),
    { ...own('/v1/zone', 'records', request => wholeZone(sources, request)), isHeavy: true },
    { ...own('/v1/explain/:', 'status', request => explain(sources, request)), isHeavy: true },
  ];
}

function own(path: string, part: Route['part'], answer: Route['answer']): Route {
  return { path, part, allowsHead: true, answer };
}

/** Who watches gets a body, maybe without end. */
function watching(path: string, answer: Route['answer']): Route {
  return { path, part: 'records', answer };
}

function readiness({ unreadiness }: ApiSources): Reply {
  const reasons = unreadiness();
  const isReady = reasons.length === 0;
  return json({ status: isReady ? 'ready' : 'not ready', reasons }, isReady ? 200 : 503);
}

async function metrics(sources: ApiSources): Promise<Reply> {
  const { type, text: body } = await sources.metrics();
  return { kind: 'body', type, body, headers: {} };
}

function status(sources: ApiSources, watch: ZoneWatch) {
  const { zone, version } = sources;
  return {
    version,
    zone: {
      origin: zone.origin,
      serial: zone.serial,
      names: zone.nameCount,
      records: zone.recordCounts,
      lastChanges: watch.lastChanges(),
    },
    ...sources.status(),
  };
}

/** The domain's zone, or that of `?origin=`, in the media type of RFC 4027. */
function wholeZone(
  { enumerate, zone: domain, reverseZones, ttlSeconds }: ApiSources,
  { query }: ApiRequest,
): Reply {
  if (enumerate === undefined) return text(404, 'enumerationOn is false');
  const origin = domainName(query.get('origin') ?? domain.origin);
  const zone = [domain, ...reverseZones].find(each => each.origin === origin);
  if (zone === undefined) return text(404, 'No zone of ours begins there');
  if (zone.serial === undefined) return text(503, 'No state of the cluster was read yet');
  const body = zoneText(zone, ttlSeconds);
  return { kind: 'body', type: 'text/dns; charset=us-ascii', body, headers: {} };
}

function explain({ explain: ask }: ApiSources, { parameter }: ApiRequest): Reply {
  const asked = ipAddress(parameter) ?? domainName(parameter);
  if (asked === undefined) return text(400, 'Neither a domain name nor an address');
  const explanation = ask(asked);
  return explanation ? json(explanation) : text(503, 'No state of the cluster was read yet');
}
