import type { Answering } from './answering.ts';
import type { ListenSocket } from './listeners.ts';

/** How datagrams are read and written; also the value of `udp` in the build info. */
export type UdpMode = 'batched' | 'portable';

/** A socket that is being served. */
export interface ServedSocket {
  /** Stops reading, waits for slow answers as long as `drainMs`, then closes. */
  close(drainMs: number): Promise<void>;
}

/** A back end: serves a socket until it is closed. Rejects when the socket cannot be had. */
export type ServeUdp = (socket: ListenSocket, answering: Answering) => Promise<ServedSocket>;

/** Slow queries of one socket in flight; more are dropped. The forwarder's own limit is lower. */
export const MAX_SLOW_DATAGRAMS = 4096;
