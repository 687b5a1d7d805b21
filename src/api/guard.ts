import { createHash, timingSafeEqual } from 'node:crypto';
import { addressOctets, type InNetworks, ipAddress } from '../dns/index.ts';
import type { ApiPart } from './route.ts';

/** Who may use the API. Without token and credentials anybody may whom the networks let in. */
export interface GuardOptions {
  /** The networks that may use each part; everybody where one is missing. */
  readonly networks: Readonly<Partial<Record<ApiPart, InNetworks>>>;
  /** When set, requests carry it as bearer token. */
  readonly token: string | undefined;
  /** When set, requests carry them by basic authentication; either this or the token will do. */
  readonly credentials: { readonly principal: string; readonly secret: string } | undefined;
}

/** By the client's network, or for want of credentials: then it may try again with some. */
export type Refusal = 'forbidden' | 'unauthorized';

/** What became of a request at the gate. */
export type Verdict = 'allowed' | Refusal;

/** Decides about a request by its part, the client's address and its `Authorization` header. */
export type Guard = (part: ApiPart, address: string, authorization: string | undefined) => Verdict;

/**
 * `health` needs no authentication: load balancers and orchestrators cannot give any. Nor does
 * `dns`, whose clients are resolvers. `control` always does: without token and credentials it is closed.
 */
export function guard({ networks, token, credentials }: GuardOptions): Guard {
  const wanted = [
    ...(token === undefined ? [] : [`Bearer ${token}`]),
    ...(credentials ? [`Basic ${basic(credentials)}`] : []),
  ].map(digest);
  return (part, address, authorization) => {
    if (!isWithin(networks[part], address)) return 'forbidden';
    if (part === 'control' && wanted.length === 0) return 'forbidden';
    if (part === 'health' || part === 'dns' || wanted.length === 0) return 'allowed';
    const given = digest(normal(authorization ?? ''));
    const matches = wanted.map(one => timingSafeEqual(one, given));
    return matches.includes(true) ? 'allowed' : 'unauthorized';
  };
}

function isWithin(networks: InNetworks | undefined, text: string): boolean {
  if (networks === undefined) return true;
  // A link-local client has a zone suffix, which networks do not know.
  const address = ipAddress(text.replace(/%.*$/, ''));
  if (address === undefined) return false;
  const octets = addressOctets(address);
  return networks(octets, 0, address.family === 4 ? 4 : 16);
}

function basic({ principal, secret }: { principal: string; secret: string }): string {
  return Buffer.from(`${principal}:${secret}`).toString('base64');
}

/** The scheme's case does not matter (RFC 9110 section 11.1). */
function normal(authorization: string): string {
  const [scheme, ...rest] = authorization.trim().split(/ +/);
  const lower = scheme.toLowerCase();
  return [lower.charAt(0).toUpperCase() + lower.slice(1), ...rest].join(' ');
}

/** Digests are of one length, which is what a comparison in constant time needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
