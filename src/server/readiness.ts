import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { SystemCalls } from './system-calls.ts';

/** Who is told. */
export interface ReadinessListener {
  /** The first datagram that waited; others may be behind it. */
  readonly ready: (message: Buffer, remote: RemoteInfo) => void;
  readonly failed: (error: Error) => void;
}

/**
 * Tells when a UDP socket has something to read, by way of `dgram`, which reads the first datagram
 * for it. It can be paused and resumed: while it is paused the socket is in no epoll, whose callback
 * would otherwise run for every datagram that is sent or comes in.
 */
export class Readiness {
  readonly #calls: SystemCalls;
  readonly #descriptor: number;
  readonly #family: 4 | 6;
  readonly #listener: ReadinessListener;
  #socket: Socket | undefined;

  constructor(calls: SystemCalls, descriptor: number, family: 4 | 6, listener: ReadinessListener) {
    this.#calls = calls;
    this.#descriptor = descriptor;
    this.#family = family;
    this.#listener = listener;
  }

  get isPaused(): boolean {
    return this.#socket === undefined;
  }

  /** @throws {SystemCallError} When there is no descriptor left. */
  resume(): void {
    const fd = this.#calls.duplicate(this.#descriptor);
    const socket = createSocket(this.#family === 4 ? 'udp4' : 'udp6');
    socket.on('message', this.#listener.ready);
    socket.on('error', this.#listener.failed);
    socket.bind({ fd });
    this.#socket = socket;
  }

  /** From now on it says nothing. */
  pause(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}
