import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Octets } from '../dns/index.ts';
import type { Cancel, Clock, Random } from '../runtime/index.ts';
import {
  type Heard,
  isAsking,
  matchingResponse,
  type OutgoingQuery,
  type Pending,
} from './channel.ts';
import { putWord, wordAt } from './message-reader.ts';
import type { UpstreamAddress } from './upstream-address.ts';

const MAX_SOCKET_AGE_MS = 120_000;
const MAX_PENDING = 4096;

/** What asking by UDP needs of the world. */
export interface UdpWorld {
  readonly clock: Clock;
  /** Must be unpredictable: it draws ids and sockets. */
  readonly random: Random;
  /** Called for each datagram that answers none of our queries. */
  readonly onMismatch: () => void;
}

/** One connected socket with the queries that left from it. */
export class PooledSocket {
  readonly #pending = new Map<number, Pending>();
  readonly #world: UdpWorld;
  readonly #socket: Socket;
  readonly #openedMs: number;
  /** The local port; 0 when there is none. */
  readonly port: number = 0;
  #queriesLeft: number;
  #isRetired = false;
  #isClosed = false;

  /** Bound and connected when the constructor returns, or retired when the system refused. */
  constructor(upstream: UpstreamAddress, world: UdpWorld, queries: number, nowMs: number) {
    this.#world = world;
    this.#queriesLeft = queries;
    this.#openedMs = nowMs;
    const family = isIPv6(upstream.address) ? 6 : 4;
    // A look-up that answers at once makes bind and connect take effect before they return.
    this.#socket = createSocket({
      type: family === 4 ? 'udp4' : 'udp6',
      lookup: (host, _options, done) => done(null, host, family),
    });
    this.#socket.on('message', octets => this.#receive(octets));
    this.#socket.on('error', () => this.close());
    this.#socket.bind({ port: 0, address: family === 4 ? '0.0.0.0' : '::', exclusive: true });
    if (this.#isRetired) return;
    this.#socket.connect(upstream.port, upstream.address);
    this.port = this.#isRetired ? 0 : this.#socket.address().port;
  }

  /** Says whether a message is a query that left from here and waits for its response. */
  isAsking(octets: Octets): boolean {
    return isAsking(this.#pending, octets);
  }

  /** Says whether it asks no more. */
  get isRetired(): boolean {
    return this.#isRetired;
  }

  ask(query: OutgoingQuery, hear: (heard: Heard) => void): Cancel {
    this.#queriesLeft--;
    const id = this.#drawId();
    if (id === undefined) {
      queueMicrotask(() => hear({ kind: 'fault', fault: 'overloaded' }));
      return () => {};
    }
    this.#pending.set(id, { query, hear });
    putWord(query.octets, 0, id);
    this.#send(query);
    return () => {
      if (this.#pending.delete(id)) this.#closeWhenDone();
    };
  }

  isWorn(nowMs: number): boolean {
    return this.#queriesLeft <= 0 || nowMs - this.#openedMs > MAX_SOCKET_AGE_MS || this.#isRetired;
  }

  /** Asks no more, but stays open for what is on its way. */
  retire(): void {
    this.#isRetired = true;
    this.#closeWhenDone();
  }

  #send({ octets }: OutgoingQuery): void {
    try {
      this.#socket.send(octets);
    } catch {
      queueMicrotask(() => this.close());
    }
  }

  #drawId(): number | undefined {
    if (this.#pending.size >= MAX_PENDING) return undefined;
    for (;;) {
      const id = this.#world.random.uint32() >>> 16;
      if (!this.#pending.has(id)) return id;
    }
  }

  #receive(octets: Buffer): void {
    const id = octets.length < 2 ? -1 : wordAt(octets, 0);
    const pending = this.#pending.get(id);
    const message = pending && matchingResponse(pending.query, octets);
    if (!message) {
      this.#world.onMismatch();
      return;
    }
    this.#pending.delete(id);
    this.#closeWhenDone();
    pending.hear({ kind: 'response', message });
  }

  /** As well when nobody listens there, or no route leads there: what is on its way is lost. */
  close(): void {
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    this.#isRetired = true;
    this.#closeWhenDone();
    for (const { hear } of lost) hear({ kind: 'fault', fault: 'unreachable' });
  }

  #closeWhenDone(): void {
    if (!this.#isRetired || this.#pending.size > 0 || this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }
}
