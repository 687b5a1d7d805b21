import { connect, type Socket } from 'node:net';
import type { Clock } from '../runtime/index.ts';
import { ZooKeeperError } from './error.ts';
import { FrameCutter } from './frames.ts';
import { JuteReader, type JuteWriter } from './jute.ts';
import {
  CODE,
  connectFrame,
  OPCODE,
  type ReplyHeader,
  readConnected,
  readReplyHeader,
  requestFrame,
  type Session,
  XID,
} from './protocol.ts';

/** One server, by address. */
export interface Server {
  readonly host: string;
  readonly port: number;
}

/** What a client keeps from one connection to the next. */
export interface Continuity {
  session: Session | undefined;
  /**
   * The last change seen: a server that is behind it refuses us, so that we never see older
   * masters.
   */
  lastZxid: bigint;
}

interface Waiting {
  readonly settle: (code: number, reader: JuteReader) => void;
  readonly fail: (error: ZooKeeperError) => void;
}

/** A server that accepts and says nothing is left after so long. */
const HANDSHAKE_MS = 2_000;
const CLOSE_MS = 500;

/**
 * One connection to one server, from handshake to loss. Requests wait for their responses; the
 * session is kept alive by pings; a server silent for two thirds of the session's time is given up.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #continuity: Continuity;
  readonly #cutter = new FrameCutter();
  readonly #waiting = new Map<number, Waiting>();
  readonly #lost: AbortController = new AbortController();
  #cancel = () => {};
  #lastXid = 0;
  #heardMs: number;
  #onEvent = () => {};
  #onSession: ((error?: ZooKeeperError) => void) | undefined;

  private constructor(socket: Socket, clock: Clock, continuity: Continuity) {
    this.#socket = socket;
    this.#clock = clock;
    this.#continuity = continuity;
    this.#heardMs = clock.monotonic();
    socket.setNoDelay(true);
    socket.on('data', chunk => this.#hear(chunk));
    socket.on('error', error => this.#lose(new ZooKeeperError('connect', error.message, error)));
    socket.on('close', () =>
      this.#lose(new ZooKeeperError('connect', 'the connection was closed')),
    );
  }

  /**
   * Connects, and goes on with the session in `continuity` or begins one. Aborting `signal` gives up.
   *
   * @throws {ZooKeeperError} With fault `expired` when that session is over: the next try begins one.
   */
  static async open(
    server: Server,
    clock: Clock,
    continuity: Continuity,
    sessionMs: number,
    signal: AbortSignal,
  ): Promise<Connection> {
    const connection = new Connection(connect(server), clock, continuity);
    const giveUp = () => connection.#lose(new ZooKeeperError('connect', 'given up'));
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await connection.#begin(sessionMs);
      return connection;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Aborted when the connection is lost or closed; its reason is a ZooKeeperError. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Calls `tell` for every event of a watch from now on. */
  onEvent(tell: () => void): void {
    this.#onEvent = tell;
  }

  /** Shows credentials, `user:password`, by the scheme digest. */
  async authenticate(credentials: string): Promise<void> {
    const write = (frame: JuteWriter) => frame.int(0).text('digest').text(credentials);
    await this.#request(XID.auth, OPCODE.auth, write, () => undefined);
  }

  /** The names of the children, watched; undefined when the node does not exist. */
  getChildren(path: string): Promise<readonly string[] | undefined> {
    return this.#read(OPCODE.getChildren, path, reader => reader.texts());
  }

  /** The octets of a node, watched; undefined when it does not exist. */
  getData(path: string): Promise<Uint8Array | undefined> {
    return this.#read(OPCODE.getData, path, reader => Uint8Array.from(reader.octets()));
  }

  /** Whether a node exists; watched, so that its creation is an event. */
  async exists(path: string): Promise<boolean> {
    return (await this.#read(OPCODE.exists, path, () => true)) ?? false;
  }

  /** Ends the session as well, so that the servers need not wait for its end. */
  async close(): Promise<void> {
    if (this.lost.aborted) return;
    this.#continuity.session = undefined;
    this.#cancel();
    this.#cancel = this.#clock.after(CLOSE_MS, () => this.#socket.destroy());
    this.#socket.end(requestFrame(++this.#lastXid, OPCODE.close));
    await new Promise(resolve => this.lost.addEventListener('abort', resolve, { once: true }));
  }

  #begin(sessionMs: number): Promise<void> {
    const { session, lastZxid } = this.#continuity;
    const late = () => this.#lose(new ZooKeeperError('timeout', 'no session within 2 s'));
    this.#cancel = this.#clock.after(HANDSHAKE_MS, late);
    this.#socket.write(connectFrame(session, lastZxid, sessionMs));
    return new Promise((resolve, reject) => {
      this.#onSession = error => (error ? reject(error) : resolve());
    });
  }

  #hear(chunk: Buffer): void {
    this.#heardMs = this.#clock.monotonic();
    try {
      for (const frame of this.#cutter.push(chunk)) this.#take(frame);
    } catch (error) {
      this.#lose(
        error instanceof ZooKeeperError ? error : new ZooKeeperError('garbage', String(error)),
      );
    }
  }

  #take(frame: Buffer): void {
    if (this.#onSession) {
      this.#start(readConnected(frame), this.#onSession);
      return;
    }
    const reader = new JuteReader(frame);
    const header = readReplyHeader(reader);
    if (header.zxid > this.#continuity.lastZxid) this.#continuity.lastZxid = header.zxid;
    if (header.xid === XID.event) this.#onEvent();
    else if (header.xid !== XID.ping) this.#answer(header, reader);
  }

  #start(session: Session | undefined, tell: (error?: ZooKeeperError) => void): void {
    this.#continuity.session = session;
    if (!session) {
      this.#lose(new ZooKeeperError('expired', 'the session is over'));
      return;
    }
    this.#onSession = undefined;
    this.#cancel();
    this.#keepAlive(session.timeoutMs / 3);
    tell();
  }

  #keepAlive(pauseMs: number): void {
    this.#cancel = this.#clock.after(pauseMs, () => {
      if (this.#clock.monotonic() - this.#heardMs >= 2 * pauseMs) {
        return this.#lose(new ZooKeeperError('timeout', 'the server is silent'));
      }
      this.#socket.write(requestFrame(XID.ping, OPCODE.ping));
      this.#keepAlive(pauseMs);
    });
  }

  #answer({ xid, code }: ReplyHeader, reader: JuteReader): void {
    this.#waiting.get(xid)?.settle(code, reader); // One that throws is still waiting, and fails.
    this.#waiting.delete(xid);
  }

  #read<Found>(opcode: number, path: string, read: (reader: JuteReader) => Found) {
    const write = (frame: JuteWriter) => frame.text(path).boolean(true);
    return this.#request(++this.#lastXid, opcode, write, read);
  }

  #request<Found>(
    xid: number,
    opcode: number,
    write: (frame: JuteWriter) => JuteWriter,
    read: (reader: JuteReader) => Found,
  ): Promise<Found | undefined> {
    return new Promise((resolve, reject) => {
      if (this.lost.aborted) return reject(this.lost.reason as ZooKeeperError);
      const settle = (code: number, reader: JuteReader) => {
        if (code === CODE.ok) resolve(read(reader));
        else if (code === CODE.noNode) resolve(undefined);
        else reject(refusal(code));
      };
      this.#waiting.set(xid, { settle, fail: reject });
      this.#socket.write(requestFrame(xid, opcode, write));
    });
  }

  #lose(error: ZooKeeperError): void {
    if (this.lost.aborted) return;
    this.#cancel();
    this.#lost.abort(error);
    this.#socket.destroy();
    this.#onSession?.(error);
    for (const { fail } of this.#waiting.values()) fail(error);
    this.#waiting.clear();
  }
}

function refusal(code: number): ZooKeeperError {
  const isAuth = code === CODE.noAuth || code === CODE.authFailed;
  return new ZooKeeperError(isAuth ? 'auth' : 'refused', `the server answers with error ${code}`);
}
