import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Clock, Log } from '../runtime/index.ts';
import { errorCode } from './listen-error.ts';
import type { SystemCalls } from './system-calls.ts';

/** Who reads. */
export interface Reader {
  /** Told of the first datagram that waited, which has been read; others may be behind it. */
  readonly ready: (message: Buffer, remote: RemoteInfo) => void;
  /** Reads what waits, untold, and sends what is queued; returns how many datagrams there were. */
  readonly turn: () => number;
}

/** So many that have come while a turn was used up are a rush. */
const RUSH_DATAGRAMS = 16;
/** With fewer a turn it ebbs: looking costs more than being told. */
const CALM_DATAGRAMS = 4;
/** So many such turns in a row cost about as much as to be told again. */
const CALM_TURNS = 16;
const TRY_AGAIN_MS = 10;

/**
 * When to read a UDP socket. As a rule `dgram` watches it and tells, by reading a datagram. In a rush
 * nobody needs to tell: `dgram` is closed and the socket is read in every turn of the event loop. It
 * is in no epoll then, whose callback would run for every datagram that comes in or is sent.
 */
export class Readiness {
  readonly #calls: SystemCalls;
  readonly #descriptor: number;
  readonly #family: 4 | 6;
  readonly #reader: Reader;
  readonly #clock: Clock;
  readonly #log: Log;
  #socket: Socket | undefined;
  #calmTurns = 0;
  #isTurnAwaited = false;
  #isClosed = false;

  /** @throws {SystemCallError} When there is no descriptor left to watch by. */
  constructor(
    calls: SystemCalls,
    listen: { readonly descriptor: number; readonly family: 4 | 6 },
    reader: Reader,
    { clock, log }: { readonly clock: Clock; readonly log: Log },
  ) {
    this.#calls = calls;
    this.#descriptor = listen.descriptor;
    this.#family = listen.family;
    this.#reader = reader;
    this.#clock = clock;
    this.#log = log;
    this.#watch();
  }

  /** The reader has a turn as soon as all else had its own, promises and TCP as well. */
  turnLater(): void {
    if (this.#isTurnAwaited) return;
    this.#isTurnAwaited = true;
    setImmediate(this.#turn);
  }

  /** Nobody is told any more; turns that the reader itself asks for still come. */
  close(): void {
    this.#isClosed = true;
    this.#unwatch();
  }

  readonly #turn = () => {
    this.#isTurnAwaited = false;
    const count = this.#reader.turn();
    if (this.#isClosed) return;
    if (this.#socket) {
      if (count >= RUSH_DATAGRAMS) this.#hurry();
    } else {
      this.#calmTurns = count < CALM_DATAGRAMS ? this.#calmTurns + 1 : 0;
      if (this.#calmTurns < CALM_TURNS) this.turnLater();
      else this.#rest();
    }
  };

  #hurry(): void {
    this.#unwatch();
    this.#calmTurns = 0;
    this.turnLater();
  }

  #rest(): void {
    try {
      this.#watch();
    } catch (error) {
      this.#log.warn('Cannot wait for queries', { reason: errorCode(error) });
      this.#clock.after(TRY_AGAIN_MS, () => this.turnLater());
    }
  }

  /** By a descriptor of its own, which `dgram` closes. */
  #watch(): void {
    const fd = this.#calls.duplicate(this.#descriptor);
    const socket = createSocket(this.#family === 4 ? 'udp4' : 'udp6');
    socket.on('message', this.#reader.ready);
    socket.on('error', error => this.#log.warn('UDP socket', { reason: error.message }));
    socket.bind({ fd });
    this.#socket = socket;
  }

  #unwatch(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}
