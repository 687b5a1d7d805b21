import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { FrameCutter } from '../../src/zookeeper/frames.ts';
import { JuteReader, JuteWriter } from '../../src/zookeeper/jute.ts';

/** What a client wants of a fake server: a session, or something by number. */
export type FakeAsk =
  | { readonly kind: 'connect'; readonly lastZxid: bigint; readonly sessionId: bigint }
  | {
      readonly kind: 'request';
      readonly xid: number;
      readonly opcode: number;
      /** Empty where the request has none. */
      readonly path: string;
    };

export type FakeZooKeeperAnswer = (ask: FakeAsk, socket: Socket) => void;

/** A server that reads ZooKeeper's frames and answers as told, also with garbage or not at all. */
export interface FakeZooKeeper {
  readonly host: string;
  readonly port: number;
  readonly asked: readonly FakeAsk[];
  answer: FakeZooKeeperAnswer;
  close(): Promise<void>;
}

export async function fakeZooKeeper(answer: FakeZooKeeperAnswer): Promise<FakeZooKeeper> {
  const asked: FakeAsk[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    const cutter = new FrameCutter();
    let isFirst = true;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      for (const frame of cutter.push(chunk)) {
        const ask = isFirst ? readConnect(frame) : readRequest(frame);
        isFirst = false;
        asked.push(ask);
        fake.answer(ask, socket);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const fake: FakeZooKeeper = {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    asked,
    answer,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}

/** Grants a session; `timeoutMs` 0 says that the one shown is over. */
export function grant(socket: Socket, sessionId: bigint, timeoutMs: number): void {
  const password = Buffer.alloc(16, 7);
  socket.write(new JuteWriter().int(0).int(timeoutMs).long(sessionId).octets(password).frame());
}

/** Answers a request; `write` adds what follows the header. */
export function reply(
  socket: Socket,
  xid: number,
  write: (frame: JuteWriter) => JuteWriter,
  { zxid = 1n, code = 0 } = {},
): void {
  socket.write(write(new JuteWriter().int(xid).long(zxid).int(code)).frame());
}

function readConnect(frame: Buffer): FakeAsk {
  const reader = new JuteReader(frame);
  reader.int();
  const lastZxid = reader.long();
  reader.int();
  return { kind: 'connect', lastZxid, sessionId: reader.long() };
}

function readRequest(frame: Buffer): FakeAsk {
  const reader = new JuteReader(frame);
  const [xid, opcode] = [reader.int(), reader.int()];
  return { kind: 'request', xid, opcode, path: frame.length > 8 ? reader.text() : '' };
}
