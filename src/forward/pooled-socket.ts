import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Octets } from '../dns/index.ts';
import type { Cancel, Clock } from '../runtime/index.ts';
import type { Heard, OutgoingQuery } from './channel.ts';
import { hearOverloaded, PendingQueries, type PendingWorld } from './pending-queries.ts';
import type { UpstreamAddress } from './upstream-address.ts';

const MAX_SOCKET_AGE_MS = 120_000;
const MAX_PENDING = 4096;

/** What asking by UDP needs of the world; its randomness draws sockets as well. */
export interface UdpWorld extends PendingWorld {
  readonly clock: Clock;
}

/** One connected socket with the queries that left from it. */
export class PooledSocket {
  readonly #pending: PendingQueries;
  readonly #socket: Socket;
  readonly #openedMs: number;
  /** The local port; 0 when there is none. */
  readonly port: number = 0;
  #queriesLeft: number;
  #isRetired = false;
  #isClosed = false;

  /** Bound and connected when the constructor returns, or retired when the system refused. */
  constructor(upstream: UpstreamAddress, world: UdpWorld, queries: number, nowMs: number) {
    this.#pending = new PendingQueries(world, MAX_PENDING);
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
    return this.#pending.isAsking(octets);
  }

  /** Says whether it asks no more. */
  get isRetired(): boolean {
    return this.#isRetired;
  }

  ask(query: OutgoingQuery, hear: (heard: Heard) => void): Cancel {
    this.#queriesLeft--;
    const id = this.#pending.add(query, hear);
    if (id === undefined) return hearOverloaded(hear);
    this.#send(query);
    return () => {
      if (this.#pending.giveUp(id)) this.#closeWhenDone();
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

  #receive(octets: Buffer): void {
    const tell = this.#pending.take(octets);
    if (!tell) return;
    this.#closeWhenDone();
    tell();
  }

  /** As well when nobody listens there, or no route leads there: what is on its way is lost. */
  close(): void {
    this.#isRetired = true;
    this.#pending.lose('unreachable');
    this.#closeWhenDone();
  }

  #closeWhenDone(): void {
    if (!this.#isRetired || this.#pending.size > 0 || this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }
}
