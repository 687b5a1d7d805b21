import { HEADER_OCTETS, leastTtl, type Octets } from '../dns/index.ts';
import { type Reply, text } from './reply.ts';
import type { ApiRequest, Route } from './route.ts';

/** Who asks by HTTP. */
export interface HttpClient {
  readonly address: string;
  readonly port: number;
}

/** Has a DNS query answered; undefined when nobody answers it. */
export type AskDns = (query: Octets, client: HttpClient) => Promise<Octets | undefined>;

const DNS_MESSAGE = 'application/dns-message';
/** No query is longer but for its padding; what is kept for a client stays small. */
const MOST_QUERY_OCTETS = 4096;

/**
 * `/dns-query`, DNS over HTTPS (RFC 8484): GET with the query in `dns`, base64url without padding, or
 * POST with the query as the body. Every DNS response has status 200, an error code or not, and may be
 * kept as long as the least of its TTLs.
 */
export function dnsOverHttps(ask: AskDns): Route {
  return {
    path: '/dns-query',
    part: 'dns',
    type: DNS_MESSAGE,
    allowsHead: true,
    body: { type: DNS_MESSAGE, mostOctets: MOST_QUERY_OCTETS },
    answer: async request => {
      const query = request.body ?? queryInUrl(request);
      if (query === undefined) return text(400, 'Wanted: dns, a DNS query in base64url');
      if (query.length > MOST_QUERY_OCTETS) return text(414, 'The query is too long');
      if (!isQuery(query)) return text(400, 'Not a DNS query');
      return replyWith(await ask(query, request.client));
    },
  };
}

function queryInUrl({ query }: ApiRequest): Octets | undefined {
  const given = query.getAll('dns');
  if (given.length !== 1 || !/^[\w-]+$/.test(given[0]) || given[0].length % 4 === 1)
    return undefined;
  return Buffer.from(given[0], 'base64url');
}

/** A header at least, and no response: to those nobody answers. */
function isQuery(octets: Octets): boolean {
  return octets.length >= HEADER_OCTETS && octets[2] < 0x80;
}

function replyWith(response: Octets | undefined): Reply {
  if (!response) return text(503, 'No answer', { 'Retry-After': '1' });
  const headers = { 'Cache-Control': `max-age=${leastTtl(response)}` };
  return { kind: 'body', type: DNS_MESSAGE, body: response, headers };
}
