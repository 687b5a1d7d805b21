import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:net';
import { Duplex } from 'node:stream';
import type { Clock, Random } from '../../src/runtime/index.ts';

/** What `Duplex` calls when it is done. */
type Done = (error?: Error | null) => void;

/** The servers of this process, by port. */
const servers = new Map<number, Server>();

interface Listening {
  readonly server: Server;
}

// Told by Node when a server listens (documented under "Net" of its diagnostics channels).
subscribe('tracing:net.server.listen:asyncEnd', message => {
  const { server } = message as Listening;
  const place = server.address();
  if (place === null || typeof place === 'string') return;
  servers.set(place.port, server);
  // Unzipping is the work of other threads, and takes real time.
  server.prependListener('request', ({ headers }: IncomingMessage) => {
    delete headers['accept-encoding'];
  });
  server.once('close', () => void servers.delete(place.port));
});

/**
 * Loopback without the kernel: connections to servers of this process whose octets travel by a clock,
 * so that code which speaks to fakes can be run in simulated time, the same way for the same seed.
 */
export class MemoryNetwork {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #mostMs: number;

  /** Each connection has its own delay, up to `mostMs`. */
  constructor(clock: Clock, random: Random, mostMs: number) {
    this.#clock = clock;
    this.#random = random;
    this.#mostMs = mostMs;
  }

  /** Connects as `net.connect` does: `connect` or `error` tells how it went. */
  connect({ port }: { readonly port: number }): MemorySocket {
    const delayMs = 1 + this.#random.below(this.#mostMs);
    const near = new MemorySocket(this.#clock, delayMs);
    near.cork();
    this.#clock.after(delayMs, () => {
      if (near.destroyed) return;
      const server = servers.get(port);
      if (!server?.listening) {
        near.destroy(fault('ECONNREFUSED'));
        return;
      }
      const far = new MemorySocket(this.#clock, delayMs);
      near.peer = far;
      far.peer = near;
      server.emit('connection', far);
      near.uncork();
      near.emit('connect');
    });
    return near;
  }
}

/** One side of a connection, with what HTTP and our clients use of a socket. */
export class MemorySocket extends Duplex {
  peer: MemorySocket | undefined;
  readonly #clock: Clock;
  readonly #delayMs: number;
  #isReset = false;

  constructor(clock: Clock, delayMs: number) {
    super({ emitClose: true });
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  get remoteAddress(): string {
    return '127.0.0.1';
  }

  resetAndDestroy(): this {
    this.#isReset = true;
    return this.destroy();
  }

  setNoDelay = () => this;
  setKeepAlive = () => this;
  setTimeout = () => this;
  ref = () => this;
  unref = () => this;

  override _read(): void {
    // What has come is pushed when it comes.
  }

  override _write(chunk: Buffer, _: string, done: Done): void {
    this.#tell(peer => void peer.push(chunk));
    done();
  }

  override _final(done: Done): void {
    this.#tell(peer => void peer.push(null));
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    const isReset = this.#isReset;
    this.#tell(peer => {
      if (isReset) peer.destroy(fault('ECONNRESET'));
      else peer.push(null);
    });
    done(error);
  }

  /** Does something to the other side when it has travelled there. */
  #tell(act: (peer: MemorySocket) => void): void {
    const { peer } = this;
    if (!peer) return;
    this.#clock.after(this.#delayMs, () => {
      if (!peer.destroyed && !peer.readableEnded) act(peer);
    });
  }
}

function fault(code: string): Error {
  return Object.assign(new Error(`${code} in memory`), { code });
}

/** The network of the test that runs. */
let current: MemoryNetwork | undefined;

/** From now on connections go this way. */
export function useNetwork(network: MemoryNetwork): void {
  current = network;
}

/** Stands for `connect` of `node:net`, where a test mocks that. */
export function connectInMemory(place: { readonly port: number }): MemorySocket {
  if (!current) throw new TypeError('No network is used yet');
  return current.connect(place);
}

/** What undici connects by. */
type Connected = (...outcome: [Error, null] | [null, MemorySocket]) => void;

/** Stands for `buildConnector` of undici, where a test mocks that. */
export function buildMemoryConnector() {
  return ({ port }: { readonly port: string }, done: Connected): MemorySocket => {
    const socket = connectInMemory({ port: Number(port) });
    let isTold = false;
    const tell: Connected = (...outcome) => {
      if (!isTold) done(...outcome);
      isTold = true;
    };
    socket.on('error', error => tell(error, null));
    socket.once('connect', () => tell(null, socket));
    return socket;
  };
}
