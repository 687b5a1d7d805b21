import type { Octets } from '../dns/index.ts';
import type { Reply } from './reply.ts';

/** The parts of the API, each with its own list of who may ask. */
export type ApiPart =
  /** `/health` and `/ready`. */
  | 'health'
  | 'metrics'
  /** What Mesos-DNS has under `/v1`, and the watch: records and names. */
  | 'records'
  /** The status page and what it shows, explanations, settings. */
  | 'status'
  /** DNS over HTTPS; its clients cannot give token or credentials. */
  | 'dns'
  /** What makes the server do something: for nobody without token or credentials. */
  | 'control';

/** A request, as far as routes may see it. */
export interface ApiRequest {
  /** The segment of the path that `:` stands for, decoded; empty for a route without one. */
  readonly parameter: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly client: { readonly address: string; readonly port: number };
  /** Of a POST to a route that takes one. */
  readonly body: Octets | undefined;
}

/** One path of the API, and who answers at it. */
export interface Route {
  /** `/v1/hosts/:` matches any one segment where the colon is. */
  readonly path: string;
  readonly part: ApiPart;
  /** The media type that the client's `Accept` must allow, if it sends one; any when missing. */
  readonly type?: string;
  /** Mesos-DNS refuses HEAD; routes of ours allow it. */
  readonly allowsHead?: boolean;
  /** Missing means GET, and HEAD where it is allowed. */
  readonly method?: 'POST';
  /** POST is taken beside GET, with a body of this media type and no longer than this. */
  readonly body?: { readonly type: string; readonly mostOctets: number };
  /** Costs much on a big zone: only a few of these run at once. */
  readonly isHeavy?: boolean;
  readonly answer: (request: ApiRequest) => Reply | Promise<Reply>;
}

/** What became of a request's path. */
export type Match =
  | { readonly kind: 'route'; readonly route: Route; readonly parameter: string }
  | { readonly kind: 'unknown' }
  /** A percent sign that no octet follows. */
  | { readonly kind: 'malformed' };

/** The route of a path; a final slash does not count. */
export function matchRoute(routes: readonly Route[], path: string): Match {
  const segments = segmentsOf(path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path);
  for (const route of routes) {
    const pattern = segmentsOf(route.path);
    if (!isMatch(pattern, segments)) continue;
    const at = pattern.indexOf(':');
    const parameter = at < 0 ? '' : decoded(segments[at]);
    return parameter === undefined ? { kind: 'malformed' } : { kind: 'route', route, parameter };
  }
  return { kind: 'unknown' };
}

/** Says whether an `Accept` header lets `type` through; one that is missing lets everything through. */
export function accepts(header: string | undefined, type: string): boolean {
  if (header === undefined || header.trim() === '') return true;
  const family = type.split('/')[0];
  return header
    .split(',')
    .map(range => range.split(';')[0].trim().toLowerCase())
    .some(range => range === '*/*' || range === type || range === `${family}/*`);
}

function segmentsOf(path: string): readonly string[] {
  return path.slice(1).split('/');
}

function isMatch(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, at) => (part === ':' ? segments[at] !== '' : part === segments[at]))
  );
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
