import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Octets, putWord } from '../dns/index.ts';
import type { Cancel, Clock } from '../runtime/index.ts';
import type { Channel, Heard, OutgoingQuery } from './channel.ts';
import { FrameReader } from './frame-reader.ts';
import { hearOverloaded, PendingQueries, type PendingWorld } from './pending-queries.ts';
import type { UpstreamAddress } from './upstream-address.ts';

/** A connection without queries on their way is closed after this long (RFC 7766 section 6.2.3). */
const IDLE_MS = 8_000;
const MAX_PENDING = 1000;

/** What asking by TCP and TLS needs of the world. */
export interface StreamWorld extends PendingWorld {
  readonly clock: Clock;
  /** Called for each query sent. */
  readonly onAsk: () => void;
  /** PEM of the authorities to trust for TLS; those of the runtime when undefined. */
  readonly tlsAuthorities: string | undefined;
}

/**
 * An upstream by TCP or TLS: one connection for all queries, opened when there is something to ask,
 * responses in any order (RFC 7766 sections 6.2.1 and 7). The certificate is always verified.
 */
export class StreamChannel implements Channel {
  readonly #upstream: UpstreamAddress;
  readonly #world: StreamWorld;
  #connection: Connection | undefined;

  constructor(upstream: UpstreamAddress, world: StreamWorld) {
    this.#upstream = upstream;
    this.#world = world;
  }

  ask(query: OutgoingQuery, hear: (heard: Heard) => void): Cancel {
    const connection = this.#open();
    if (!connection.wasUsed) return connection.ask(query, hear);
    // A server may close an idle connection at the very moment we use it again: ask once more.
    let cancel = connection.ask(query, heard => {
      const hasClosed = heard.kind === 'fault' && heard.fault === 'closed';
      if (hasClosed) cancel = this.#open().ask(query, hear);
      else hear(heard);
    });
    return () => cancel();
  }

  isOwnQuery(port: number, octets: Octets): boolean {
    return this.#connection?.isOwnQuery(port, octets) ?? false;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  #open(): Connection {
    if (this.#connection?.isOpen) return this.#connection;
    const socket = openSocket(this.#upstream, this.#world.tlsAuthorities);
    this.#connection = new Connection(socket, this.#world);
    return this.#connection;
  }
}

function openSocket(upstream: UpstreamAddress, ca: string | undefined): Socket {
  const place = { host: upstream.address, port: upstream.port };
  if (upstream.transport !== 'tls') return connectTcp({ ...place, noDelay: true });
  const { serverName } = upstream;
  return connectTls({
    ...place,
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    minVersion: 'TLSv1.2',
  }).setNoDelay();
}

class Connection {
  readonly #pending: PendingQueries;
  readonly #frames = new FrameReader();
  readonly #socket: Socket;
  readonly #world: StreamWorld;
  #cancelIdle: Cancel | undefined;
  wasUsed = false;
  isOpen = true;

  constructor(socket: Socket, world: StreamWorld) {
    this.#socket = socket;
    this.#world = world;
    this.#pending = new PendingQueries(world, MAX_PENDING);
    socket.on('data', chunk => this.#receive(chunk));
    socket.on('error', () => this.close());
    socket.on('end', () => this.close());
    socket.on('close', () => this.close());
  }

  ask(query: OutgoingQuery, hear: (heard: Heard) => void): Cancel {
    this.#cancelIdle?.();
    this.#world.onAsk();
    const id = this.isOpen ? this.#pending.add(query, hear) : undefined;
    if (id === undefined) return hearOverloaded(hear);
    this.#socket.write(framed(query));
    return () => {
      if (this.#pending.giveUp(id)) this.#restWhenDone();
    };
  }

  isOwnQuery(port: number, octets: Octets): boolean {
    return this.#socket.localPort === port && this.#pending.isAsking(octets);
  }

  /** Ends the connection; every query on its way hears of it. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#cancelIdle?.();
    this.#socket.destroy();
    this.#pending.lose(this.wasUsed ? 'closed' : 'unreachable');
  }

  #receive(chunk: Buffer): void {
    const messages = this.#frames.read(chunk);
    if (messages) for (const octets of messages) this.#take(octets);
    else this.close();
  }

  #take(octets: Buffer): void {
    const tell = this.#pending.take(octets);
    if (!tell) return;
    this.wasUsed = true;
    this.#restWhenDone();
    tell();
  }

  #restWhenDone(): void {
    if (this.#pending.size > 0 || !this.isOpen) return;
    this.#cancelIdle?.();
    this.#cancelIdle = this.#world.clock.after(IDLE_MS, () => this.close());
  }
}

function framed({ octets }: OutgoingQuery): Buffer {
  const frame = Buffer.allocUnsafe(2 + octets.length);
  putWord(frame, 0, octets.length);
  frame.set(octets, 2);
  return frame;
}
