import type { ServerResponse } from 'node:http';
import type { Clock } from '../runtime/index.ts';
import type { Json, JsonObject } from './model.ts';

/** A way in which a master's answers can be wrong. Each stands for a row of the fault table. */
export type Fault =
  /** Any status, such as 500 or 502, with `body` as text. */
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  /** 200 with an agentless, taskless state that has all its keys. */
  | { readonly kind: 'empty' }
  /** 200 with only the first `share` (0 to 1) of agents, frameworks and tasks. */
  | { readonly kind: 'partial'; readonly share: number }
  /** 200 with a page of HTML, such as a proxy's. */
  | { readonly kind: 'html' }
  /** 200 with octets that are no JSON. */
  | { readonly kind: 'invalid' }
  /** 200 with JSON of another shape: lists where objects belong, null for lists. */
  | { readonly kind: 'wrong-shape' }
  /** The connection ends after `share` of the octets that Content-Length tells. */
  | { readonly kind: 'truncated'; readonly share: number }
  /** `octets` at a time, one piece every `everyMs`. */
  | { readonly kind: 'slow'; readonly octets: number; readonly everyMs: number }
  /** Not even a status line. */
  | { readonly kind: 'hang' }
  /** Status line and headers, and half the body; then nothing. */
  | { readonly kind: 'hang-in-body' }
  /** 307 to itself. */
  | { readonly kind: 'loop' }
  /** 307 to anywhere. */
  | { readonly kind: 'redirect'; readonly location: string }
  /** The connection is reset. */
  | { readonly kind: 'reset' };

/** An answer as it would be without the fault. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Where the request went, for loops. */
  readonly url: string;
}

/** Answers with the fault instead of, or on top of, the right answer. */
export function answerWithFault(
  fault: Fault,
  answer: PlainAnswer,
  response: ServerResponse,
  clock: Clock,
): void {
  switch (fault.kind) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'truncated':
      answerPart(answer, fault.share, response, () => response.socket?.destroy());
      return;
    case 'hang-in-body':
      answerPart(answer, 0.5, response, () => {});
      return;
    case 'slow':
      drip(answer, fault.octets, fault.everyMs, response, clock);
      return;
    case 'status':
    case 'empty':
    case 'partial':
    case 'html':
    case 'invalid':
    case 'wrong-shape':
    case 'loop':
    case 'redirect':
      answerWhole(changedAnswer(fault, answer), response);
      return;
    default:
      fault satisfies never;
  }
}

type ContentFault = Exclude<
  Fault,
  { readonly kind: 'hang' | 'reset' | 'truncated' | 'hang-in-body' | 'slow' }
>;

function changedAnswer(fault: ContentFault, answer: PlainAnswer): PlainAnswer {
  const withBody = (body: string) => ({ ...answer, status: 200, body: Buffer.from(body) });
  switch (fault.kind) {
    case 'status':
      return { ...answer, ...plainText(fault.status, fault.body ?? '') };
    case 'html':
      return { ...withBody('<html><body>Welcome</body></html>'), headers: HTML };
    case 'invalid':
      return withBody('{"slaves": [}, nothing more\u0000');
    case 'wrong-shape':
      return withBody('{"slaves": {}, "frameworks": null, "get_state": [], "leader": 5050}');
    case 'empty':
    case 'partial':
      return { ...answer, body: changedBody(fault, answer) };
    case 'loop':
      return { ...answer, ...redirection(answer.url) };
    case 'redirect':
      return { ...answer, ...redirection(fault.location) };
    default:
      return fault satisfies never;
  }
}

const HTML = { 'Content-Type': 'text/html' };

function plainText(status: number, body: string) {
  const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
  return { status, headers, body: Buffer.from(body) };
}

function redirection(location: string) {
  return { status: 307, headers: { Location: location }, body: Buffer.alloc(0) };
}

/** The lists a state is made of, in `/state` and in v1. */
const STATE_LISTS: ReadonlySet<string> = new Set(['slaves', 'frameworks', 'tasks', 'agents']);

/** A state, in the form of `/state` or v1, with less in it as the fault says. */
export function changedState(fault: Fault, state: JsonObject): JsonObject {
  const share = fault.kind === 'partial' ? fault.share : 0;
  const text = JSON.stringify(state, (key, value: Json) =>
    Array.isArray(value) && STATE_LISTS.has(key)
      ? value.slice(0, Math.floor(value.length * share))
      : value,
  );
  return JSON.parse(text) as JsonObject;
}

function changedBody(fault: Fault, { body, headers }: PlainAnswer): Buffer {
  if (headers['Content-Type'] !== 'application/json') return body;
  const state = JSON.parse(body.toString()) as JsonObject;
  return Buffer.from(JSON.stringify(changedState(fault, state)));
}

/** The answer with its length. */
export function answerWhole(
  { status, headers, body }: PlainAnswer,
  response: ServerResponse,
): void {
  response.writeHead(status, { ...headers, 'Content-Length': body.length });
  response.end(body);
}

function answerPart(
  { status, headers, body }: PlainAnswer,
  share: number,
  response: ServerResponse,
  then: () => void,
): void {
  response.writeHead(status, { ...headers, 'Content-Length': body.length });
  response.write(body.subarray(0, Math.floor(body.length * share)), then);
}

function drip(
  { status, headers, body }: PlainAnswer,
  octets: number,
  everyMs: number,
  response: ServerResponse,
  clock: Clock,
): void {
  response.writeHead(status, { ...headers, 'Content-Length': body.length });
  response.flushHeaders();
  const next = (from: number) => {
    if (response.destroyed) return;
    response.write(body.subarray(from, from + octets));
    if (from + octets >= body.length) response.end();
    else clock.after(everyMs, () => next(from + octets));
  };
  next(0);
}
