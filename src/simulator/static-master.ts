import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A master that serves octets: for states too big to be held as objects. */
export interface StaticMaster {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** As it must call itself in its state. */
  readonly pid: string;
  /** How many bodies were served whole, and when the last octet of the last one went out. */
  readonly served: { count: number; lastAtMs: number };
  /** Resolves when the next request for the state comes, and when the next body is served whole. */
  nextAsked(): Promise<void>;
  nextServed(): Promise<void>;
  /** What `/state` answers from now on; before the first one it answers 503. */
  publish(pieces: readonly Buffer[]): void;
  close(): Promise<void>;
}

/** Starts one at a free port of loopback. It has no event stream: it can only be polled. */
export async function startStaticMaster(nowMs: () => number): Promise<StaticMaster> {
  let body: readonly Buffer[] | undefined;
  const served = { count: 0, lastAtMs: 0 };
  const events = new EventEmitter();
  const next = async (name: string) => void (await once(events, name));
  const server = createServer((request, response) => {
    if (body === undefined || !/^\/(master\/)?state$/.test(request.url ?? '')) {
      response.writeHead(body === undefined ? 503 : 404).end();
      return;
    }
    events.emit('asked');
    const length = body.reduce((sum, piece) => sum + piece.length, 0);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': length });
    for (const piece of body) response.write(piece);
    response.end(() => {
      served.count++;
      served.lastAtMs = nowMs();
      events.emit('served');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    pid: `master@127.0.0.1:${port}`,
    served,
    nextAsked: () => next('asked'),
    nextServed: () => next('served'),
    publish: pieces => {
      body = pieces;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
