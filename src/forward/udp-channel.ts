import type { Octets } from '../dns/index.ts';
import type { Cancel } from '../runtime/index.ts';
import type { Channel, Heard, OutgoingQuery } from './channel.ts';
import { PooledSocket, type UdpWorld } from './pooled-socket.ts';
import type { UpstreamAddress } from './upstream-address.ts';

/** How many sockets an upstream has at most; each has a port of its own. */
const MAX_SOCKETS = 256;
/** The next socket is drawn from so many of those that have rested longest. */
const DRAWN_FROM = 32;
const IDLE_MS = 30_000;
/** A port is given up after 256 to 1,279 queries, or after two minutes. */
const QUERIES_PER_SOCKET = { least: 256, spread: 1024 } as const;

/**
 * An upstream by UDP, asked from many ports (RFC 5452 section 9.2). Sockets are connected, so the
 * kernel drops what other senders forge and tells when nobody listens. Ports are the kernel's choice:
 * drawn from its own strong randomness, within the range that keeps clear of the host's services.
 * Every query goes out from another socket until all 256 were used.
 */
export class UdpChannel implements Channel {
  readonly #upstream: UpstreamAddress;
  readonly #world: UdpWorld;
  /** A ring: those from `#oldest` on have rested longest. */
  #sockets: PooledSocket[] = [];
  #oldest = 0;
  #lastUsedMs = 0;
  #cancelIdle: Cancel | undefined;

  constructor(upstream: UpstreamAddress, world: UdpWorld) {
    this.#upstream = upstream;
    this.#world = world;
  }

  ask(query: OutgoingQuery, hear: (heard: Heard) => void): Cancel {
    this.#lastUsedMs = this.#world.clock.monotonic();
    this.#cancelIdle ??= this.#world.clock.after(IDLE_MS, this.#closeIdle);
    const socket = this.#draw();
    if (socket) return socket.ask(query, hear);
    queueMicrotask(() => hear({ kind: 'fault', fault: 'overloaded' }));
    return () => {};
  }

  isOwnQuery(port: number, octets: Octets): boolean {
    return this.#sockets.some(socket => socket.port === port && socket.isAsking(octets));
  }

  close(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    for (const socket of this.#sockets) socket.close();
    this.#sockets = [];
    this.#oldest = 0;
  }

  /** Undefined when the system has no socket left to give. */
  #draw(): PooledSocket | undefined {
    if (this.#sockets.length < MAX_SOCKETS) {
      const socket = this.#open();
      if (socket) this.#sockets.push(socket);
      return socket ?? this.#drawOpen();
    }
    const drawn = (this.#oldest + this.#world.random.below(DRAWN_FROM)) % MAX_SOCKETS;
    const socket = this.#sockets[drawn];
    this.#sockets[drawn] = this.#sockets[this.#oldest];
    const fit = socket.isWorn(this.#lastUsedMs) ? (this.#replace(socket) ?? socket) : socket;
    this.#sockets[this.#oldest] = fit;
    this.#oldest = (this.#oldest + 1) % MAX_SOCKETS;
    return fit.isRetired ? undefined : fit;
  }

  /** Any of those we have, when the system gives no more. */
  #drawOpen(): PooledSocket | undefined {
    const open = this.#sockets.filter(({ isRetired }) => !isRetired);
    return open.length === 0 ? undefined : open[this.#world.random.below(open.length)];
  }

  #replace(worn: PooledSocket): PooledSocket | undefined {
    worn.retire();
    return this.#open();
  }

  #open(): PooledSocket | undefined {
    const { least, spread } = QUERIES_PER_SOCKET;
    const queries = least + this.#world.random.below(spread);
    const socket = new PooledSocket(this.#upstream, this.#world, queries, this.#lastUsedMs);
    return socket.isRetired ? undefined : socket;
  }

  readonly #closeIdle = (): void => {
    this.#cancelIdle = undefined;
    const restMs = this.#lastUsedMs + IDLE_MS - this.#world.clock.monotonic();
    if (restMs > 0) this.#cancelIdle = this.#world.clock.after(restMs, this.#closeIdle);
    else this.close();
  };
}
