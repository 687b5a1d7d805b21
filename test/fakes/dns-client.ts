import { createSocket } from 'node:dgram';
import { on, once } from 'node:events';
import { connect, isIPv6, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Octets } from '../../src/dns/index.ts';

/** A query for `name` (no final dot): RD set, class IN; by default for A, with no OPT record. */
export function queryOctets(id: number, name: string, type = 1): Octets {
  const header = [id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  const labels = name.split('.').flatMap(label => [label.length, ...Buffer.from(label, 'latin1')]);
  return Uint8Array.from([...header, ...labels, 0, type >> 8, type & 255, 0, 1]);
}

export function idOf(message: Octets): number {
  return (message[0] << 8) | message[1];
}

/** A UDP client of one server; its messages wait until they are asked for. */
export interface UdpClient {
  send(message: Octets): void;
  /** The next message that came, in order. */
  receive(): Promise<Octets>;
  /** Sends and waits for the response with the same id. */
  ask(message: Octets): Promise<Octets>;
  /** How many messages came so far. */
  readonly received: number;
  close(): Promise<void>;
}

/** `from` is the address it asks from; by default any. */
export async function udpClient(address: string, port: number, from?: string): Promise<UdpClient> {
  const type = isIPv6(address) ? 'udp6' : 'udp4';
  // A server in the same process may answer a whole burst before the client has its turn.
  const socket = createSocket({ type, recvBufferSize: 4 << 20 });
  let received = 0;
  socket.on('message', () => void received++);
  socket.on('error', () => {});
  const messages = on(socket, 'message');
  if (from !== undefined) {
    socket.bind(0, from);
    await once(socket, 'listening');
  }
  socket.connect(port, address);
  await once(socket, 'connect');
  const receive = async (): Promise<Octets> => {
    const next = await messages.next();
    if (next.done) throw new Error('The client was closed');
    return next.value[0];
  };
  return {
    send: message => socket.send(message),
    receive,
    ask: async message => {
      socket.send(message);
      for (;;) {
        const response = await receive();
        if (idOf(response) === idOf(message)) return response;
      }
    },
    get received() {
      return received;
    },
    close: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** A TCP client that reads framed messages. */
export interface TcpClient {
  readonly socket: Socket;
  /** Writes messages in their frames, all in one chunk. */
  send(...messages: readonly Octets[]): void;
  /** The next whole message; undefined when the server has closed. */
  receive(): Promise<Octets | undefined>;
  close(): void;
}

export async function tcpClient(host: string, port: number, from?: string): Promise<TcpClient> {
  const socket = connect({ host, port, ...(from !== undefined && { localAddress: from }) });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return clientOf(socket);
}

/** The same by TLS; rejects when the handshake fails. */
export async function tlsClient(port: number, options: ConnectionOptions): Promise<TcpClient> {
  const socket = connectTls({ host: '127.0.0.1', port, ...options });
  await once(socket, 'secureConnect');
  socket.on('error', () => {});
  return clientOf(socket);
}

function clientOf(socket: Socket): TcpClient {
  const messages = framesOf(socket);
  return {
    socket,
    send: (...queries) => void socket.write(Buffer.concat(queries.map(framed))),
    receive: async () => {
      const next = await messages.next();
      return next.done ? undefined : next.value;
    },
    close: () => void socket.destroy(),
  };
}

export function framed(message: Octets): Buffer {
  return Buffer.concat([Uint8Array.of(message.length >> 8, message.length & 255), message]);
}

/** Deliberately not the server's own reader. */
async function* framesOf(socket: Socket): AsyncGenerator<Octets> {
  let waiting = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const end = 2 + waiting.readUInt16BE(0);
      yield waiting.subarray(2, end);
      waiting = waiting.subarray(end);
    }
  }
}
