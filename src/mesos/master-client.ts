import { Agent, type Dispatcher } from 'undici';
import type { Clock } from '../runtime/index.ts';
import type { HostPort } from './cluster-state.ts';
import { masterConnector, type Resolve, type TlsSettings } from './connector.ts';
import { type Authorizer, type Credentials, makeAuthorizer, type PostJson } from './credentials.ts';
import { type Deadlines, openDeadlines } from './deadlines.ts';
import { formatHostPort, parseHostPort } from './host-port.ts';
import { type MasterResponse, readBody, readText, unzipped } from './master-body.ts';
import { MasterError, masterError } from './master-error.ts';
import { MAX_HOPS, redirectTarget } from './redirect.ts';

/** Milliseconds; see DESIGN 6 and robustness 5 for the values. */
export interface MasterTimeouts {
  readonly connectMs: number;
  /** From the request to the end of the response's headers, connecting included. */
  readonly headersMs: number;
  /** Between two octets of a body. */
  readonly silenceMs: number;
}

/** Limits under which a master that is well is never given up. */
export const MASTER_TIMEOUTS: MasterTimeouts = {
  connectMs: 2_000,
  headersMs: 5_000,
  silenceMs: 10_000,
};

/** How masters are spoken to. */
export interface MasterClientOptions {
  /** True asks by https. */
  readonly isSecure: boolean;
  readonly tls: TlsSettings;
  readonly credentials: Credentials;
  readonly timeouts: MasterTimeouts;
  /** `Mesonym/1.2.3`. */
  readonly userAgent: string;
}

/** What the client must know about the masters, and does not find out itself. */
export interface MasterDirectory {
  readonly resolve: Resolve;
  /** The configured names of a master at an address. */
  namesOf(address: string): readonly string[];
  /** Says whether credentials may go there. */
  isMaster(place: HostPort): Promise<boolean>;
}

/** One request to a master. */
export interface MasterRequest {
  readonly method: 'GET' | 'POST';
  /** As in `/master/state`. */
  readonly path: string;
  /** JSON. */
  readonly body?: string;
  readonly acceptsGzip?: boolean;
  /** False hands a redirect to the caller. */
  readonly followsRedirects: boolean;
  /** The last octet must be there so long after the request; undefined for an endless body. */
  readonly wholeMs?: number | undefined;
  /** How many times `headersMs` the headers may take; 1 when missing. */
  readonly patience?: number;
  /** Instead of that in `timeouts`; asked before each octet, undefined for no limit. */
  readonly silenceMs?: () => number | undefined;
}

/** HTTP to masters. Every exchange has its own connection, so none inherits a dead one. */
export interface MasterClient {
  /**
   * Resolves when the headers are there, whatever their status.
   * @throws {MasterError}
   */
  exchange(master: HostPort, request: MasterRequest, signal: AbortSignal): Promise<MasterResponse>;
  close(): Promise<void>;
}

/** Makes the client; `directory` tells where masters are, and who is one. */
export function masterClient(
  options: MasterClientOptions,
  clock: Clock,
  directory: MasterDirectory,
): MasterClient {
  return new HttpMasterClient(options, clock, directory);
}

class HttpMasterClient implements MasterClient {
  readonly #options: MasterClientOptions;
  readonly #clock: Clock;
  readonly #directory: MasterDirectory;
  readonly #authorizer: Authorizer;
  readonly #agent: Agent;

  constructor(options: MasterClientOptions, clock: Clock, directory: MasterDirectory) {
    this.#options = options;
    this.#clock = clock;
    this.#directory = directory;
    const { tls, timeouts, credentials } = options;
    const post: PostJson = (url, body, signal) => this.#post(new URL(url), body, signal);
    this.#authorizer = makeAuthorizer(credentials, clock, post);
    const namesOf = (address: string) => directory.namesOf(address);
    this.#agent = new Agent({
      pipelining: 0,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: masterConnector(tls, clock, timeouts.connectMs, directory.resolve, namesOf),
    });
  }

  async exchange(
    master: HostPort,
    request: MasterRequest,
    signal: AbortSignal,
  ): Promise<MasterResponse> {
    const scheme = this.#options.isSecure ? 'https' : 'http';
    let url = new URL(request.path, `${scheme}://${formatHostPort(master)}`);
    for (let hops = 0; hops <= MAX_HOPS; hops++) {
      const response = await this.#sendAuthorized(url, request, signal);
      if (!isRedirect(response.status) || !request.followsRedirects) return response;
      response.discard();
      url = redirectTarget(response.location, url);
    }
    throw new MasterError('redirect', `Cannot read ${url.href}: more than ${MAX_HOPS} redirects`);
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #sendAuthorized(
    url: URL,
    request: MasterRequest,
    signal: AbortSignal,
  ): Promise<MasterResponse> {
    const isKnown =
      this.#options.credentials.kind !== 'none' && (await this.#directory.isMaster(placeOf(url)));
    const auth = isKnown ? await this.#authorizer.header(signal) : undefined;
    const response = await this.#send(url, request, auth, signal);
    if (response.status === 401) this.#authorizer.refused();
    return response;
  }

  async #post(url: URL, json: unknown, signal: AbortSignal) {
    const wholeMs = this.#options.timeouts.headersMs;
    const body = JSON.stringify(json);
    const request = { method: 'POST', path: '', body, followsRedirects: false, wholeMs } as const;
    const response = await this.#send(url, request, undefined, signal);
    return { status: response.status, text: await readText(response) };
  }

  async #send(
    url: URL,
    request: MasterRequest,
    auth: string | undefined,
    signal: AbortSignal,
  ): Promise<MasterResponse> {
    const { timeouts, userAgent } = this.#options;
    const { method, body = null, wholeMs, patience = 1 } = request;
    const limits = openDeadlines(this.#clock, url.href, signal);
    try {
      const inTime = limits.start(timeouts.headersMs * patience, 'headers');
      if (wholeMs !== undefined) limits.start(wholeMs, 'whole body');
      const headers = requestHeaders(request, userAgent, auth);
      const path = `${url.pathname}${url.search}`;
      const ask = { origin: url.origin, path, method, headers, body, signal: limits.signal };
      const response = await this.#agent.request(ask);
      inTime();
      return asResponse(url, response, limits, request.silenceMs ?? (() => timeouts.silenceMs));
    } catch (error) {
      limits.end();
      throw masterError(error, url.href);
    }
  }
}

function requestHeaders(
  { body, acceptsGzip }: MasterRequest,
  agent: string,
  auth: string | undefined,
) {
  return {
    'user-agent': agent,
    accept: 'application/json',
    ...(acceptsGzip && { 'accept-encoding': 'gzip' }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(auth !== undefined && { authorization: auth }),
  };
}

function asResponse(
  url: URL,
  { statusCode, headers, body }: Dispatcher.ResponseData,
  limits: Deadlines,
  silenceMs: () => number | undefined,
): MasterResponse {
  const plain = unzipped(body, oneHeader(headers['content-encoding']));
  return {
    master: placeOf(url),
    isSecure: url.protocol === 'https:',
    status: statusCode,
    location: oneHeader(headers.location),
    contentType: oneHeader(headers['content-type']) ?? '',
    body: readBody(plain, url.href, limits, silenceMs),
    discard: () => {
      limits.end();
      plain.destroy();
    },
  };
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function oneHeader(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function placeOf(url: URL): HostPort {
  const defaultPort = url.protocol === 'https:' ? 443 : 80;
  // A URL's host is always one that parseHostPort reads; the fall-back is for the type.
  return parseHostPort(url.host, defaultPort) ?? { host: url.hostname, port: defaultPort };
}
