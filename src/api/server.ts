import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock, Log, Random } from '../runtime/index.ts';
import { catalog } from './catalog.ts';
import { limitConnections } from './connection-limit.ts';
import { dnsOverHttps } from './dns-over-https.ts';
import { flushRoute } from './flush.ts';
import { type GuardOptions, guard, type Refusal } from './guard.ts';
import { mesosDnsRoutes } from './mesos-dns-routes.ts';
import { ownRoutes } from './own-routes.ts';
import { refreshRoute } from './refresh.ts';
import { type OnRequest, responder } from './respond.ts';
import type { ApiSources } from './sources.ts';
import { statusPage } from './status-page.ts';
import type { ZoneWatch } from './zone-watch.ts';

/** What the API serves, where, and to whom. */
export interface ApiOptions {
  /** An address of this machine, or a wildcard. */
  readonly address: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly sources: ApiSources;
  /** Made by `zoneWatch`; whoever publishes zones tells it. */
  readonly watch: ZoneWatch;
  readonly guard: GuardOptions;
  /** Told of each request that the guard refuses. */
  readonly onRefusal: (refusal: Refusal) => void;
  /** PEM texts; plain HTTP without. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  /** `API_LIMITS` unless given. */
  readonly limits?: ApiLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** The HTTP API as it listens. */
export interface ApiServer {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** What clients may cost; times in milliseconds. */
export interface ApiLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly requestsPerConnection: number;
  readonly headerOctets: number;
  /** From the first octet of a request to the end of its headers. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** No octet in either direction for so long: the connection is cut. */
  readonly silenceMs: number;
  /** Between two requests of a connection. */
  readonly idleMs: number;
  /** What responses under way get when the server closes. */
  readonly farewellMs: number;
}

/** Limits that suit a server on a private network. */
export const API_LIMITS: ApiLimits = {
  connections: 1000,
  connectionsPerAddress: 200,
  requestsPerConnection: 10_000,
  headerOctets: 16_384,
  headersMs: 10_000,
  requestMs: 15_000,
  silenceMs: 30_000,
  idleMs: 5000,
  farewellMs: 1000,
};

/** Listens; rejects when the address cannot be had. */
export async function startApi(options: ApiOptions): Promise<ApiServer> {
  const { sources, watch, onRefusal, clock, random, log } = options;
  const routes = [
    ...mesosDnsRoutes(sources, random),
    ...ownRoutes(sources, watch, catalog(sources.services, clock)),
    refreshRoute(sources.refresh, clock),
    ...(sources.askDns ? [dnsOverHttps(sources.askDns)] : []),
    flushRoute(sources.flush),
    await statusPage(),
  ];
  const server = makeServer(
    options,
    responder({ routes, guard: guard(options.guard), onRefusal, log }),
  );
  const { address, port } = await listen(server, options);
  return { address, port, close: () => close(server, options) };
}

function makeServer({ tls, limits = API_LIMITS }: ApiOptions, onRequest: OnRequest): Server {
  const options = {
    maxHeaderSize: limits.headerOctets,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: Math.min(1000, limits.headersMs),
  };
  const server = tls
    ? createSecureServer({ ...options, cert: tls.certificate, key: tls.key }, onRequest)
    : createServer(options, onRequest);
  server.maxConnections = limits.connections;
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  server.timeout = limits.silenceMs;
  limitConnections(server, limits.connectionsPerAddress);
  return server;
}

function listen(server: Server, { address, port }: ApiOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Listening on an address gives an address, never the path of a pipe.
    server.listen({ host: address, port }, () => resolve(server.address() as AddressInfo));
  });
}

/** Lets responses under way finish for a moment, then cuts them. */
function close(server: Server, { watch, clock, limits = API_LIMITS }: ApiOptions): Promise<void> {
  watch.close();
  return new Promise(resolve => {
    const cancel = clock.after(limits.farewellMs, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
