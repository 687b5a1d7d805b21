import type { Clock } from '../runtime/index.ts';
import { json, type Reply, text } from './reply.ts';
import type { ApiRequest, Route } from './route.ts';

/** A whole state costs the leading master much: it is asked for no more often than this. */
const LEAST_MS = 1000;

/** `POST /v1/refresh`: the state of the cluster is read again soon, as after SIGUSR2. */
export function refreshRoute(refresh: () => void, clock: Clock): Route {
  let allowedMs = Number.NEGATIVE_INFINITY;
  const answer = ({ header }: ApiRequest): Reply => {
    if (isFromPage(header)) return text(403, 'Not for pages of a browser');
    if (clock.monotonic() < allowedMs) return text(429, 'Just done', { 'Retry-After': '1' });
    allowedMs = clock.monotonic() + LEAST_MS;
    refresh();
    return json({ status: 'refreshing' }, 202);
  };
  return { path: '/v1/refresh', part: 'control', method: 'POST', answer };
}

/**
 * A browser adds what it knows of passwords to what pages of other sites post, and then says where
 * the page is from.
 */
export function isFromPage(header: ApiRequest['header']): boolean {
  return header('origin') !== undefined;
}
