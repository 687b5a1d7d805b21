import { type DomainName, domainName } from '../dns/index.ts';
import { isFromPage } from './refresh.ts';
import { json, type Reply, text } from './reply.ts';
import type { ApiRequest, Route } from './route.ts';

/**
 * `POST /v1/flush`: cached outside answers are forgotten, as after SIGUSR1; with `?name=NAME` those
 * for that name alone.
 */
export function flushRoute(flush: (name?: DomainName) => void): Route {
  const answer = ({ header, query }: ApiRequest): Reply => {
    if (isFromPage(header)) return text(403, 'Not for pages of a browser');
    const asked = query.get('name');
    const name = asked === null ? undefined : domainName(asked);
    if (asked !== null && name === undefined) return text(400, 'Not a domain name');
    flush(name);
    return json({ status: 'flushed' });
  };
  return { path: '/v1/flush', part: 'control', method: 'POST', answer };
}
