import type { IncomingHttpHeaders } from 'node:http';
import type { MasterView } from './master-view.ts';
import type { JsonObject, MasterIdentity } from './model.ts';
import { frameworksJson, slavesJson, stateJson, stateSummaryJson, tasksJson } from './v0-json.ts';
import { callJson } from './v1-json.ts';
import { BUILD, masterFlags } from './version.ts';

/** What a master is at the moment, which decides nearly every answer. */
export type MasterRole =
  | { readonly kind: 'leaderless' }
  | { readonly kind: 'following'; readonly leader: MasterIdentity }
  | { readonly kind: 'leading'; readonly view: MasterView };

/** A request, as a master reads it. */
export interface MasterRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `subscribe` is a 200 whose body never ends. */
export type MasterResponse =
  | { readonly kind: 'subscribe' }
  | {
      readonly kind: 'whole';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    };

/** Name and password a master asks for; realms as in Mesos. */
export interface Credential {
  readonly principal: string;
  readonly secret: string;
}

type LeaderRoute = (master: MasterIdentity, view: MasterView, query: URLSearchParams) => JsonObject;

/** What only a leader answers; the others redirect. */
const LEADER_ROUTES: Readonly<Record<string, LeaderRoute>> = {
  state: stateJson,
  slaves: (_, view) => slavesJson(view),
  frameworks: (_, view) => frameworksJson(view),
  tasks: (_, view, query) => tasksJson(view, query),
  'state-summary': stateSummaryJson,
};

/** Answers as Mesos 1.12 does: statuses, texts and headers are those of its recordings. */
export function answerRequest(
  request: MasterRequest,
  master: MasterIdentity,
  role: MasterRole,
  credential?: Credential,
): MasterResponse {
  const { pathname, searchParams, search } = new URL(request.url, 'http://master');
  const path = pathname.replace(/^\/(master\/)?/, '').replace(/\/$/, '');
  const inMaster = pathname.startsWith('/master/');
  if (path === 'health') return whole(200, {}, '');
  if (path === 'version' && !inMaster) return json(BUILD);
  if (path === 'redirect') return redirect(master, role, '');
  const isCall = path === 'api/v1';
  if (!isCall && !(path in LEADER_ROUTES) && path !== 'flags') return notFound();
  const realm = `mesos-master-${isCall ? 'readwrite' : 'readonly'}`;
  if (credential && !isAuthorized(request, credential)) return unauthorized(realm);
  if (path === 'flags') return json({ flags: masterFlags(master, 'simulated') });
  if (role.kind !== 'leading') return redirect(master, role, `/master/${path}${search}`);
  if (isCall) return answerCall(request, master, role.view);
  return json(LEADER_ROUTES[path](master, role.view, searchParams), searchParams.get('jsonp'));
}

function answerCall(
  { method, headers, body }: MasterRequest,
  master: MasterIdentity,
  view: MasterView,
): MasterResponse {
  if (!view.isReady) return text(503, 'Master has not finished recovery');
  if (method !== 'POST') {
    const refusal = `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${method}'.`;
    return text(405, refusal, { Allow: 'POST' });
  }
  const type = headers['content-type'];
  if (type === undefined) return text(400, "Expecting 'Content-Type' to be present");
  if (!type.startsWith('application/json')) {
    const wanted = 'application/json or application/x-protobuf';
    return text(415, `Expecting 'Content-Type' of ${wanted}`);
  }
  const accept = headers.accept ?? '*/*';
  if (!/application\/json|application\/\*|\*\/\*/.test(accept)) {
    return text(406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'");
  }
  const call = parseCall(body);
  if (call === undefined)
    return text(400, 'Failed to parse body into JSON: syntax error at line 1');
  const refusal = "Failed to validate master::Call: Expecting 'type' to be present";
  if (typeof call.type !== 'string') return text(400, refusal);
  if (call.type === 'SUBSCRIBE') return { kind: 'subscribe' };
  const answer = callJson(call.type, master, view);
  return answer ? json(answer) : text(501, '');
}

function parseCall(body: string): { readonly type?: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return undefined;
  }
}

/** The location has no scheme and names the leader as it calls itself. */
function redirect(master: MasterIdentity, role: MasterRole, path: string): MasterResponse {
  if (role.kind === 'leaderless') return text(503, 'No leader elected');
  const { hostname, port } = role.kind === 'following' ? role.leader : master;
  return whole(307, { Location: `//${hostname}:${port}${path}` }, '');
}

function isAuthorized({ headers }: MasterRequest, { principal, secret }: Credential): boolean {
  const wanted = Buffer.from(`${principal}:${secret}`).toString('base64');
  return headers.authorization === `Basic ${wanted}`;
}

function unauthorized(realm: string): MasterResponse {
  return text(401, '401 Unauthorized.', { 'WWW-Authenticate': `Basic realm="${realm}"` });
}

function notFound(): MasterResponse {
  return text(404, '404 Not Found.');
}

function json(body: JsonObject, callback: string | null = null): MasterResponse {
  const octets = JSON.stringify(body);
  if (callback === null) return whole(200, { 'Content-Type': 'application/json' }, octets);
  return whole(200, { 'Content-Type': 'text/javascript' }, `${callback}(${octets});`);
}

function text(status: number, body: string, headers = {}): MasterResponse {
  return whole(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' }, body);
}

function whole(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): MasterResponse {
  return { kind: 'whole', status, headers, body };
}
