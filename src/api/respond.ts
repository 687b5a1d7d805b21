import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../runtime/index.ts';
import type { Guard, Refusal } from './guard.ts';
import { readBody } from './read-body.ts';
import { type Reply, text } from './reply.ts';
import { type ApiRequest, accepts, matchRoute, type Route } from './route.ts';
import { sendReply } from './send-reply.ts';

/** What requests are answered with. */
export interface ResponderOptions {
  readonly routes: readonly Route[];
  readonly guard: Guard;
  readonly onRefusal: (refusal: Refusal) => void;
  readonly log: Log;
}

/** The listener of Node's HTTP server. */
export type OnRequest = (request: IncomingMessage, response: ServerResponse) => void;

/** How many heavy responses may be under way at once: each is held until its client has taken it. */
const MOST_HEAVY = 2;

const COMMON_HEADERS = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' };

/** Answers requests by the routes; what goes wrong inside is logged and never shown. */
export function responder({ routes, guard, onRefusal, log }: ResponderOptions): OnRequest {
  const counting: Guard = (part, address, authorization) => {
    const verdict = guard(part, address, authorization);
    if (verdict !== 'allowed') onRefusal(verdict);
    return verdict;
  };
  let heavy = 0;
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value);
    const found = findRoute(request, routes, counting);
    if ('kind' in found) return sendReply(response, found);
    const { route } = found;
    const asked = await withBody(request, found);
    if (!asked) return sendReply(response, TOO_LONG);
    if (!route.isHeavy) return sendReply(response, await route.answer(asked));
    if (heavy >= MOST_HEAVY) return sendReply(response, text(503, 'Busy', { 'Retry-After': '1' }));
    heavy++;
    try {
      await sendReply(response, await route.answer(asked));
      await untilTaken(request, response);
    } finally {
      heavy--;
    }
  };
  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      log.error('An HTTP request could not be answered', { path: request.url, error });
      if (response.headersSent) response.destroy();
      else void sendReply(response, text(500, 'Internal error'));
    });
  };
}

const TOO_LONG = text(413, 'The body is too long', { Connection: 'close' });

/** The request with its body, where the route takes one; undefined when that is too long. */
async function withBody(
  request: IncomingMessage,
  { route, asked }: Found,
): Promise<ApiRequest | undefined> {
  if (!route.body || request.method !== 'POST') return asked;
  const body = await readBody(request, route.body.mostOctets);
  return body && { ...asked, body };
}

/** Resolves when the kernel has the whole response, or the client is gone. */
async function untilTaken({ socket }: IncomingMessage, response: ServerResponse): Promise<void> {
  if (response.writableFinished || socket.destroyed) return;
  await new Promise<void>(resolve => {
    const done = () => {
      response.off('finish', done);
      socket.off('close', done);
      resolve();
    };
    response.on('finish', done);
    // A response that waits behind another of its connection never hears of the end.
    socket.on('close', done);
  });
}

interface Found {
  readonly route: Route;
  readonly asked: ApiRequest;
}

/** The route of a request that may be answered, or the refusal. */
function findRoute(
  request: IncomingMessage,
  routes: readonly Route[],
  guard: Guard,
): Found | Reply {
  const [path, query = ''] = (request.url ?? '').split('?', 2);
  const match = matchRoute(routes, path);
  if (match.kind === 'malformed') return text(400, 'Malformed path');
  if (match.kind === 'unknown') return text(404, 'Not found');
  const { route, parameter } = match;
  const refusal = refusalOf(request, route, guard);
  if (refusal) return refusal;
  const header = (name: string) => headerOf(request, name);
  const { remoteAddress: address = '', remotePort: port = 0 } = request.socket;
  const asked = { parameter, query: new URLSearchParams(query), header };
  return { route, asked: { ...asked, client: { address, port }, body: undefined } };
}

function refusalOf(request: IncomingMessage, route: Route, guard: Guard): Reply | undefined {
  const address = request.socket.remoteAddress ?? '';
  const verdict = guard(route.part, address, request.headers.authorization);
  if (verdict === 'forbidden') return text(403, 'Forbidden');
  if (verdict === 'unauthorized') return unauthorized();
  const methods = methodsOf(route);
  if (!methods.includes(request.method ?? '')) {
    return text(405, 'Method not allowed', { Allow: methods.join(', '), Connection: 'close' });
  }
  const faulty = bodyFault(request, route);
  if (faulty) return faulty;
  const { type } = route;
  if (type !== undefined && !accepts(headerOf(request, 'accept'), type)) {
    return text(406, `Only ${type} can be had here`);
  }
  return undefined;
}

/** What is wrong with the body of a request, or with there being one. */
function bodyFault(request: IncomingMessage, { body }: Route): Reply | undefined {
  if (!body || request.method !== 'POST') {
    return hasBody(request) ? text(413, 'No body expected', { Connection: 'close' }) : undefined;
  }
  const type = headerOf(request, 'content-type')?.split(';')[0].trim().toLowerCase();
  if (type !== body.type) {
    return text(415, `Only ${body.type} is taken here`, { Connection: 'close' });
  }
  return Number(request.headers['content-length'] ?? 0) > body.mostOctets ? TOO_LONG : undefined;
}

function methodsOf({ method, allowsHead, body }: Route): readonly string[] {
  if (method !== undefined) return [method];
  return ['GET', ...(allowsHead ? ['HEAD'] : []), ...(body ? ['POST'] : [])];
}

function unauthorized(): Reply {
  return text(401, 'Unauthorized', {
    'WWW-Authenticate': 'Bearer realm="mesonym", Basic realm="mesonym"',
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}
