import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock, Log, Random } from '../runtime/index.ts';
import { catalog } from './catalog.ts';
import { limitConnections } from './connection-limit.ts';
import { type GuardOptions, guard } from './guard.ts';
import { mesosDnsRoutes } from './mesos-dns-routes.ts';
import { ownRoutes } from './own-routes.ts';
import { type OnRequest, responder } from './respond.ts';
import type { ApiSources } from './sources.ts';
import { statusPage } from './status-page.ts';
import type { ZoneWatch } from './zone-watch.ts';

export interface ApiOptions {
  /** An address of this machine, or a wildcard. */
  readonly address: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly sources: ApiSources;
  /** Made by `zoneWatch`; whoever publishes zones tells it. */
  readonly watch: ZoneWatch;
  readonly guard: GuardOptions;
  /** PEM texts; plain HTTP without. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
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

/** What a client may cost. Milliseconds and octets. */
const LIMITS = {
  connections: 1000,
  connectionsPerAddress: 200,
  headersMs: 10_000,
  requestMs: 15_000,
  /** No octet in either direction for so long: the connection is cut. */
  silenceMs: 30_000,
  idleMs: 5000,
  headerOctets: 16_384,
  requestsPerConnection: 10_000,
  farewellMs: 1000,
};

/** Listens; rejects when the address cannot be had. */
export async function startApi(options: ApiOptions): Promise<ApiServer> {
  const { sources, watch, clock, random, log } = options;
  const routes = [
    ...mesosDnsRoutes(sources, random),
    ...ownRoutes(sources, watch, catalog(sources.services, clock)),
    await statusPage(),
  ];
  const server = makeServer(options.tls, responder({ routes, guard: guard(options.guard), log }));
  const { address, port } = await listen(server, options);
  return { address, port, close: () => close(server, watch, clock) };
}

function makeServer(tls: ApiOptions['tls'], onRequest: OnRequest): Server {
  const options = {
    maxHeaderSize: LIMITS.headerOctets,
    headersTimeout: LIMITS.headersMs,
    requestTimeout: LIMITS.requestMs,
    keepAliveTimeout: LIMITS.idleMs,
    connectionsCheckingInterval: 1000,
  };
  const server = tls
    ? createSecureServer({ ...options, cert: tls.certificate, key: tls.key }, onRequest)
    : createServer(options, onRequest);
  server.maxConnections = LIMITS.connections;
  server.maxRequestsPerSocket = LIMITS.requestsPerConnection;
  server.timeout = LIMITS.silenceMs;
  limitConnections(server, LIMITS.connectionsPerAddress);
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
function close(server: Server, watch: ZoneWatch, clock: Clock): Promise<void> {
  watch.close();
  return new Promise(resolve => {
    const cancel = clock.after(LIMITS.farewellMs, () => server.closeAllConnections());
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
