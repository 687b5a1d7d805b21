import type { Socket } from 'node:net';
import { JuteWriter } from '../../src/zookeeper/jute.ts';
import { OPCODE, XID } from '../../src/zookeeper/protocol.ts';
import { type FakeAsk, type FakeZooKeeper, fakeZooKeeper, grant, reply } from './fake-zookeeper.ts';

/** A fake ZooKeeper with one node, and children that the test sets; watches fire. */
export interface FakeRegistry {
  readonly server: FakeZooKeeper;
  /** The children from now on, by name. */
  set(children: ReadonlyMap<string, string>): void;
  /** From now on nobody is let in, and everybody is thrown out. */
  leave(): void;
  comeBack(): void;
}

const CHILDREN_CHANGED = 4;
const NO_NODE = -101;

export async function fakeRegistry(): Promise<FakeRegistry> {
  let children: ReadonlyMap<string, string> = new Map();
  const sockets = new Set<Socket>();
  const answer = (ask: FakeAsk, socket: Socket) => {
    sockets.add(socket);
    if (ask.kind === 'connect') grant(socket, ask.sessionId || 5n, 10_000);
    else if (ask.opcode === OPCODE.getChildren) replyChildren(socket, ask.xid, children);
    else if (ask.opcode === OPCODE.getData) replyData(socket, ask.xid, children, ask.path);
    else if (ask.opcode === OPCODE.close) socket.end();
    else reply(socket, ask.xid, frame => frame);
  };
  const server = await fakeZooKeeper(answer);
  const fireWatches = () => {
    const event = new JuteWriter().int(XID.event).long(-1n).int(0);
    const frame = event.int(CHILDREN_CHANGED).int(3).text('/mesos').frame();
    for (const socket of sockets) if (socket.writable) socket.write(frame);
  };
  return {
    server,
    set: next => {
      children = next;
      fireWatches();
    },
    leave: () => {
      server.answer = (_, socket) => socket.destroy();
      for (const socket of sockets) socket.destroy();
    },
    comeBack: () => {
      server.answer = answer;
    },
  };
}

function replyChildren(socket: Socket, xid: number, children: ReadonlyMap<string, string>): void {
  reply(socket, xid, frame => {
    frame.int(children.size);
    for (const name of children.keys()) frame.text(name);
    return frame;
  });
}

function replyData(
  socket: Socket,
  xid: number,
  children: ReadonlyMap<string, string>,
  path: string,
): void {
  const text = children.get(path.slice(path.lastIndexOf('/') + 1));
  if (text === undefined) reply(socket, xid, frame => frame, { code: NO_NODE });
  else reply(socket, xid, frame => frame.text(text));
}

/** What Mesos 0.24 and later write to their node. */
export function masterInfo(host: string, port: number, hostname = host): string {
  const address = { hostname, ip: host, port };
  return JSON.stringify({
    address,
    hostname,
    port,
    pid: `master@${host}:${port}`,
    version: '1.12.0',
  });
}
