import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A master that answers every `/state` path with the same octets, whatever asks. */
export interface StaticMaster {
  readonly port: number;
  /** What it answers from now on. */
  serve(body: Uint8Array): void;
  close(): Promise<void>;
}

/** Listens on `port` of `host`; 0 is a free one. A busy port is tried again for 20 s. */
export async function startStaticMaster(
  body: Uint8Array,
  port = 0,
  host = '127.0.0.1',
): Promise<StaticMaster> {
  let current = body;
  const server = createServer((request, response) => {
    if (!/\/state(\.json)?\/?$/.test(request.url ?? '')) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not here\n');
      return;
    }
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': current.length })
      .end(current);
  });
  await listenWhenFree(server, port, host);
  return {
    port: (server.address() as AddressInfo).port,
    serve: next => {
      current = next;
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listenWhenFree(server: ReturnType<typeof createServer>, port: number, host: string) {
  for (let triesLeft = 40; ; triesLeft--) {
    try {
      server.listen(port, host);
      await once(server, 'listening');
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || triesLeft === 0) throw error;
      // Another run of the goldens holds the port that is written in their states.
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  }
}
