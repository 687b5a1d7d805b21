import type { Random } from '../runtime/index.ts';
import { taskListing, zoneListing } from './listings.ts';
import { hostEntries, serviceEntries } from './lookup.ts';
import { json, type Reply, text } from './reply.ts';
import type { ApiRequest, Route } from './route.ts';
import type { ApiSources } from './sources.ts';

const NO_HOST = { host: '', ip: '' };
const NO_SERVICE = { service: '', host: '', ip: '', port: '' };

/** What Mesos-DNS serves under `/v1`, in its words: capitals, misses and refusals as there. */
export function mesosDnsRoutes(sources: ApiSources, random: Random): readonly Route[] {
  const { zone, version, config, enumerate } = sources;
  const listing = (path: string, pieces: () => Iterable<string>): Route => ({
    ...route(
      path,
      afterFirstState(sources, () => ({ kind: 'pieces', pieces: pieces() })),
    ),
    isHeavy: true,
  });
  const listings = enumerate && [
    listing('/v1/enumerate', () => taskListing(enumerate())),
    listing('/v1/axfr', () => zoneListing(sources)),
  ];
  return [
    route('/v1/version', () => json({ Service: 'Mesonym', Version: version, URL: '' })),
    { ...route('/v1/config', () => json(config())), part: 'status' },
    route(
      '/v1/hosts/:',
      afterFirstState(sources, ({ parameter }) => {
        const found = hostEntries(zone, parameter);
        return json(found.length > 0 ? found : [NO_HOST]);
      }),
    ),
    route('/v1/hosts/:/ports', () => text(501, 'Not implemented, as in Mesos-DNS')),
    route(
      '/v1/services/:',
      afterFirstState(sources, ({ parameter }) => {
        const found = serviceEntries(zone, parameter, random);
        return json(found.length > 0 ? found : [NO_SERVICE]);
      }),
    ),
    ...(listings ?? []),
  ];
}

function route(path: string, answer: Route['answer']): Route {
  return { path, part: 'records', type: 'application/json', answer };
}

/** A miss would be a lie while nothing is known yet. */
function afterFirstState(
  { zone }: ApiSources,
  answer: (request: ApiRequest) => Reply,
): Route['answer'] {
  return request =>
    zone.serial === undefined ? text(503, 'No state of the cluster was read yet') : answer(request);
}
