import { JuteReader, JuteWriter } from './jute.ts';

/** Numbers of requests: `org.apache.zookeeper.ZooDefs.OpCode`. */
export const OPCODE = {
  exists: 3,
  getData: 4,
  getChildren: 8,
  ping: 11,
  auth: 100,
  close: -11,
} as const;

/** Numbers that stand where a request's own number would. */
export const XID = { event: -1, ping: -2, auth: -4 } as const;

/** Codes in the header of a response: `org.apache.zookeeper.KeeperException.Code`. */
export const CODE = { ok: 0, noNode: -101, noAuth: -102, authFailed: -115 } as const;

/** A session: what a new connection must show to go on with it. */
export interface Session {
  readonly id: bigint;
  readonly password: Uint8Array;
  /** What the server grants: without a sign of life for so long, the session is over. */
  readonly timeoutMs: number;
}

/** The start of every response. */
export interface ReplyHeader {
  readonly xid: number;
  /** The last change the server has seen; 0 or less in events and pings of some versions. */
  readonly zxid: bigint;
  readonly code: number;
}

/** Asks for a session, or to go on with one, at a server not behind `lastZxid`. */
export function connectFrame(
  session: Session | undefined,
  lastZxid: bigint,
  timeoutMs: number,
): Buffer {
  return new JuteWriter()
    .int(0) // The protocol's version.
    .long(lastZxid)
    .int(timeoutMs)
    .long(session?.id ?? 0n)
    .octets(session?.password ?? new Uint8Array(16))
    .boolean(false) // No server that is cut off from the others.
    .frame();
}

/** Undefined when the session that was shown is over. */
export function readConnected(frame: Buffer): Session | undefined {
  const reader = new JuteReader(frame);
  reader.int();
  const timeoutMs = reader.int();
  const session = { id: reader.long(), password: Buffer.from(reader.octets()), timeoutMs };
  return timeoutMs > 0 ? session : undefined;
}

/** One request under its number; `write` adds what the opcode wants. */
export function requestFrame(
  xid: number,
  opcode: number,
  write: (frame: JuteWriter) => JuteWriter = frame => frame,
): Buffer {
  return write(new JuteWriter().int(xid).int(opcode)).frame();
}

/** Reads the start of a response; the rest stays in `reader`. */
export function readReplyHeader(reader: JuteReader): ReplyHeader {
  return { xid: reader.int(), zxid: reader.long(), code: reader.int() };
}
