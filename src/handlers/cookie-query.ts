import {
  type Client,
  clientView,
  EDNS_OPTION,
  type Edns,
  type EdnsSettings,
  emptyResponse,
  findOpt,
  HEADER_OCTETS,
  isQueryWithoutQuestion,
  type Octets,
  OptWriter,
  QueryView,
  RCODE,
  showClient,
} from '../dns/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { SlowPath } from './handler.ts';

const NO_ERROR_CODE = -1;
const CLIENT_COOKIE_OCTETS = 8;

/**
 * Answers queries that ask for a cookie and nothing else: no question, an OPT record with a COOKIE
 * option (RFC 7873 section 5.4). The response has no question either: NOERROR with the cookie to use,
 * BADCOOKIE where the one shown is none of ours. All else, and all of it without a secret, is for
 * `next`.
 */
export function withCookieQueries(next: SlowPath, settings: EdnsSettings, clock: Clock): SlowPath {
  if (!settings.cookieSecret) return next;
  const client = clientView();
  const writer = new OptWriter(settings, client);
  const view = new QueryView();
  const respond = (query: Octets, edns: Edns, cookieOctets: number): Octets => {
    view.optionsAt = edns.optionsAt;
    view.optionsEnd = edns.optionsEnd;
    view.dnssecOk = edns.dnssecOk;
    writer.nowSeconds = Math.floor(clock.now() / 1000);
    const length = writer.prepare(view, query);
    const isForeign = cookieOctets > CLIENT_COOKIE_OCTETS && !client.hasValidCookie;
    const rcode = isForeign ? RCODE.BADCOOKIE : RCODE.NOERROR;
    const response = emptyResponse(query, rcode, length);
    response[11] = 1;
    writer.write(response, HEADER_OCTETS, rcode, NO_ERROR_CODE);
    return response;
  };
  return (octets, from: Client, maxOctets) => {
    const edns = isQueryWithoutQuestion(octets) ? findOpt(octets, HEADER_OCTETS) : 'none';
    if (typeof edns === 'string' || edns.version !== 0 || edns.hasBadOptions) {
      return next(octets, from, maxOctets);
    }
    const cookieOctets = cookieLength(octets, edns);
    if (cookieOctets === 0) return next(octets, from, maxOctets);
    showClient(client, from);
    return Promise.resolve(respond(octets, edns, cookieOctets));
  };
}

/** The length of the last cookie, which is the one that counts; 0 without one. */
function cookieLength(octets: Octets, { optionsAt, optionsEnd }: Edns): number {
  let found = 0;
  for (let at = optionsAt; at < optionsEnd; ) {
    const length = (octets[at + 2] << 8) | octets[at + 3];
    if (((octets[at] << 8) | octets[at + 1]) === EDNS_OPTION.COOKIE) found = length;
    at += 4 + length;
  }
  return found;
}
