import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FrameCutter } from '../../src/zookeeper/frames.ts';
import { JuteReader, type JuteWriter } from '../../src/zookeeper/jute.ts';
import {
  connectFrame,
  OPCODE,
  readReplyHeader,
  requestFrame,
  XID,
} from '../../src/zookeeper/protocol.ts';

/** The masters' side of ZooKeeper: a session that makes and removes nodes. */
export interface ZooKeeperWriter {
  /** Makes a node; an ephemeral one goes with the session. `guard` is `user:digest`, who may read it. */
  create(
    path: string,
    text: string,
    how?: { isEphemeral?: boolean; guard?: string },
  ): Promise<void>;
  remove(path: string): Promise<void>;
  /** Gives a sign of life, without which the session ends. */
  readonly ping: () => void;
  /** Ends the connection; the session's nodes stay until its time is over. */
  vanish(): void;
}

const CREATE = 1;
const DELETE = 2;
const ALL_RIGHTS = 31;

/** Connects to a server; the session lives `sessionMs` without a sign of life. */
export async function zooKeeperWriter(
  place: { readonly host: string; readonly port: number },
  sessionMs = 60_000,
): Promise<ZooKeeperWriter> {
  const socket = connect(place);
  socket.on('error', () => {});
  const cutter = new FrameCutter();
  let xid = 0;
  const ask = async (frame: Buffer) => {
    socket.write(frame);
    return nextFrame(socket, cutter);
  };
  const request = async (opcode: number, write: (frame: JuteWriter) => JuteWriter) => {
    const { code } = readReplyHeader(new JuteReader(await ask(requestFrame(++xid, opcode, write))));
    if (code !== 0) throw new Error(`ZooKeeper refuses to write: error ${code}`);
  };
  await ask(connectFrame(undefined, 0n, sessionMs));
  return {
    create: (path, text, { isEphemeral = false, guard } = {}) => {
      const [scheme, id] = guard === undefined ? ['world', 'anyone'] : ['digest', guard];
      return request(CREATE, frame =>
        frame
          .text(path)
          .octets(Buffer.from(text, 'latin1'))
          .int(1)
          .int(ALL_RIGHTS)
          .text(scheme)
          .text(id)
          .int(isEphemeral ? 1 : 0),
      );
    },
    remove: path => request(DELETE, frame => frame.text(path).int(-1)),
    ping: () => void (socket.writable && socket.write(requestFrame(XID.ping, OPCODE.ping))),
    vanish: () => socket.destroy(),
  };
}

async function nextFrame(socket: Socket, cutter: FrameCutter): Promise<Buffer> {
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  for (;;) {
    const [chunk] = (await once(socket, 'data', { signal: closed.signal })) as [Buffer];
    const [frame] = cutter.push(chunk);
    if (frame) return frame;
  }
}
