import { domainName, recordValue } from '../dns/index.ts';
import { json, type Reply, text } from './reply.ts';
import type { ApiRequest } from './route.ts';
import type { ApiSources } from './sources.ts';

/** The records of a name, all or of one type: 404 where there are none, unlike in Mesos-DNS's routes. */
export function nameRecords(
  { zone, ttlSeconds }: ApiSources,
  { parameter, query }: ApiRequest,
): Reply {
  if (zone.serial === undefined) return text(503, 'No state of the cluster was read yet');
  const name = domainName(parameter);
  if (name === undefined) return text(400, 'Not a domain name');
  const wanted = query.get('type')?.toUpperCase();
  const rrsets = zone.at(name).filter(({ type }) => wanted === undefined || type === wanted);
  if (rrsets.length === 0) return text(404, 'No such records');
  return json({
    name,
    serial: zone.serial,
    ttl: ttlSeconds,
    records: rrsets.flatMap(({ type, records }) =>
      records.map(record => ({ type, value: recordValue(record) })),
    ),
  });
}
