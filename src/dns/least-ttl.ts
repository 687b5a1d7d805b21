import { RCODE } from './codes.ts';
import { longAt, wordAt } from './octet-numbers.ts';
import type { Octets } from './octets.ts';
import { endOfOwner } from './query.ts';
import { HEADER_OCTETS } from './query-view.ts';

/**
 * How many seconds a response may be kept: the least TTL of its answers or, where it has none, of its
 * authority section, whose SOA bounds negative answers (RFC 2308 section 5). 0 for a response that
 * says neither "here" nor "no such name", and for one that cannot be read.
 */
export function leastTtl(response: Octets): number {
  const rcode = response[3] & 15;
  if (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN) return 0;
  const records = wordAt(response, 6) || wordAt(response, 8);
  if (records === 0 || wordAt(response, 4) > 1) return 0;
  let at = HEADER_OCTETS;
  if (wordAt(response, 4) === 1) at = endOfOwner(response, at) + 4;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < records; index++) {
    at = endOfOwner(response, at);
    if (at + 10 > response.length) return 0;
    least = Math.min(least, longAt(response, at + 4));
    at += 10 + wordAt(response, at + 8);
  }
  return least;
}
