import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** One HTTP exchange as a fake master sees it. */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Writes what it likes to the socket, also what no real master would: octets, silence, a reset. */
export type FakeAnswer = (request: FakeRequest, socket: Socket) => void;

/** A server that speaks just enough HTTP to be asked, and answers octet for octet as told. */
export interface FakeMaster {
  readonly host: string;
  readonly port: number;
  readonly requests: readonly FakeRequest[];
  /** Resolves when the next request is there. */
  nextRequest(): Promise<FakeRequest>;
  /** From now on, answers so. */
  answer: FakeAnswer;
  /** Resets every connection and refuses new ones. */
  close(): Promise<void>;
}

export async function fakeMaster(
  answer: FakeAnswer,
  host = '127.0.0.1',
  port = 0,
): Promise<FakeMaster> {
  const sockets = new Set<Socket>();
  const requests: FakeRequest[] = [];
  let waiting: ((request: FakeRequest) => void)[] = [];
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    readRequests(socket, request => {
      requests.push(request);
      master.answer(request, socket);
      for (const tell of waiting) tell(request);
      waiting = [];
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const master: FakeMaster = {
    host,
    port: (server.address() as AddressInfo).port,
    requests,
    nextRequest: () => new Promise(resolve => waiting.push(resolve)),
    answer,
    close: async () => {
      for (const socket of sockets) socket.resetAndDestroy();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
  return master;
}

/** A whole response with a Content-Length, after which the connection is closed. */
export function respond(
  socket: Socket,
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  socket.end(`HTTP/1.1 ${status} Some Reason\r\n${lines.join('')}${length}\r\n${body}`);
}

function readRequests(socket: Socket, tell: (request: FakeRequest) => void): void {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return;
    const [first, ...lines] = text.slice(0, end).split('\r\n');
    const [method, path] = first.split(' ');
    const headers = Object.fromEntries(
      lines.map(line => [
        line.split(':')[0].toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const body = text.slice(end + 4);
    if (body.length < Number(headers['content-length'] ?? 0)) return;
    text = '';
    tell({ method, path, headers, body });
  });
}
