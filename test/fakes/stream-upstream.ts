import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { decode } from 'dns-packet';
import type { SeenQuery } from './upstream.ts';

/** What to do with a query on a connection that stays open: write, wait, destroy. */
export type StreamBehaviour = (seen: SeenQuery, socket: Socket) => void;

/** An upstream by TCP or TLS alone, which shows its connections. */
export interface StreamUpstream {
  readonly port: number;
  readonly seen: readonly SeenQuery[];
  /** Every connection so far. */
  readonly connections: readonly Socket[];
  close(): Promise<void>;
}

export async function streamUpstream(
  behaviour: StreamBehaviour,
  tls?: TlsOptions,
): Promise<StreamUpstream> {
  const seen: SeenQuery[] = [];
  const connections: Socket[] = [];
  const serve = (socket: Socket) => {
    connections.push(socket);
    let rest: Buffer = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', chunk => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
        const octets = rest.subarray(2, 2 + rest.readUInt16BE(0));
        rest = rest.subarray(2 + octets.length);
        const query = readSeen(octets, socket);
        seen.push(query);
        behaviour(query, socket);
      }
    });
  };
  const server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    connections,
    close: async () => {
      for (const socket of connections) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function readSeen(octets: Buffer, socket: Socket): SeenQuery {
  const packet = decode(octets);
  const [{ name, type }] = packet.questions ?? [];
  return { octets, packet, name, type, port: socket.remotePort ?? 0, transport: 'tcp' };
}
