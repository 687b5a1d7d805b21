import { MasterError } from './master-error.ts';

/** Redirects followed for one request: follower to leader, and twice for a leader that just moved. */
export const MAX_HOPS = 3;

/**
 * Where a redirect leads. Mesos sends `//host:port/path`, without a scheme; the one of the request
 * holds then.
 *
 * @param location The `Location` header, as it came.
 * @throws {MasterError} With fault `redirect` for anything but http(s), and from https back to http.
 */
export function redirectTarget(location: string | undefined, asked: URL): URL {
  const refuse = (why: string) => new MasterError('redirect', `${asked.host} redirects ${why}`);
  if (location === undefined) throw refuse('without a Location');
  const target = URL.parse(location, asked.href);
  if (!target) throw refuse('to a text that is not a URL');
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw refuse(`to the scheme ${target.protocol}`);
  }
  if (asked.protocol === 'https:' && target.protocol === 'http:') throw refuse('out of TLS');
  target.username = '';
  target.password = '';
  target.hash = '';
  return target;
}
