import { once } from 'node:events';
import { createServer, type Server, Socket, type SocketConstructorOpts } from 'node:net';
import { addressOctets, type Client, ipAddress, type Octets } from '../dns/index.ts';
import type { Answering } from './answering.ts';
import type { ConnectionContext } from './connection-context.ts';
import { Meter, type ServerCounter } from './counters.ts';
import { descriptorOf } from './descriptor-of.ts';
import { duplicateOf } from './duplicate.ts';
import type { ListenSocket } from './listeners.ts';
import type { ServedSocket } from './served-socket.ts';
import type { SystemCalls } from './system-calls.ts';
import { TcpConnection } from './tcp-connection.ts';
import type { TcpLimits } from './tcp-limits.ts';
import { TcpRoom } from './tcp-room.ts';
import { type StayingVisit, TcpVisits } from './tcp-visits.ts';
import { Scratch } from './tcp-writer.ts';
import { type Certificate, TlsDoor } from './tls-door.ts';

/** How often connections are looked over for those that are overdue. */
const SWEEP_MS = 250;
const BACKLOG = 4096;
/** Less than the least that may be unsent, so that a stream that is full tells when it no longer is. */
const HIGH_WATER_OCTETS = 512;
/** What is read at once. A client that takes no responses is owed the answers to so much at most. */
const READ_OCTETS = 32_768;
const NOTHING = new Uint8Array(0);

/** The TCP side of an answer thread: all its connections, whatever socket they came by. */
export class TcpConnections {
  readonly #context: ConnectionContext;
  readonly #calls: SystemCalls | undefined;
  readonly #room: TcpRoom;
  readonly #tls: TlsDoor | undefined;
  readonly #open = new Set<TcpConnection>();
  /** Those that Node does not know of; undefined where there are no system calls. */
  readonly #visits: TcpVisits | undefined;
  #stopSweeping: (() => void) | undefined;

  /** Without a certificate TLS cannot be served. */
  constructor(
    answering: Answering,
    limits: TcpLimits,
    calls: SystemCalls | undefined,
    certificate?: Certificate,
  ) {
    const meter = new Meter(answering.counters);
    const input = Buffer.allocUnsafeSlow(READ_OCTETS);
    this.#context = { answering, limits, meter, scratch: new Scratch(limits), input };
    this.#tls = certificate && new TlsDoor(this.#context, certificate);
    this.#calls = calls;
    this.#room = new TcpRoom(limits);
    this.#visits =
      calls &&
      new TcpVisits(calls, this.#context, {
        admit: address => this.#admit(address),
        leave: address => this.#leave(address),
        stay: visit => this.#stay(visit),
      });
    // The counters may be those of a thread that died with connections open.
    this.#gauge();
  }

  /** Connections by TLS from now on are shown this certificate. */
  renewCertificate(certificate: Certificate): void {
    this.#tls?.renew(certificate);
  }

  /**
   * Serves a listening socket. Rejects when it cannot be had. Closing it ends the accepting; what
   * was accepted stays.
   */
  async serve(listen: ListenSocket): Promise<ServedSocket> {
    const tls = listen.isTls ? this.#tls : undefined;
    if (listen.isTls && !tls) throw new TypeError('TLS needs a certificate');
    const isKept = listen.descriptor !== undefined;
    const descriptor = isKept ? duplicateOf(this.#calls, listen) : undefined;
    const server = createServer(
      {
        // Half-open, because a client may close its side before it has its answers.
        allowHalfOpen: true,
        // Kept sockets hand the option down without a call for each connection.
        noDelay: !isKept,
        highWaterMark: HIGH_WATER_OCTETS,
        pauseOnConnect: isKept && !tls,
      },
      socket => {
        this.#accept(socket, tls);
        // Where one was waiting there are often more.
        if (descriptor !== undefined && !tls && server.listening) {
          this.#visits?.receive(descriptor);
        }
      },
    );
    const listening = once(server, 'listening');
    if (descriptor !== undefined) server.listen({ fd: descriptor, backlog: BACKLOG });
    else listenAt(server, listen);
    await listening;
    server.on('error', error => {
      this.#context.answering.log.warn('TCP socket', { reason: error.message });
    });
    return { close: async () => void server.close() };
  }

  /** Closes each connection when its slow answers are out, or after `drainMs`. */
  async close(drainMs: number): Promise<void> {
    this.#visits?.close();
    await Promise.all([...this.#open].map(connection => connection.drain(drainMs)));
    this.#stopSweeping?.();
    this.#stopSweeping = undefined;
  }

  #accept(socket: Socket, tls: TlsDoor | undefined): void {
    const { remoteAddress = '', remotePort: port = 0 } = socket;
    const address = ipAddress(remoteAddress.split('%')[0]);
    // Without an address the client is gone already.
    if (!address || !this.#admit(address.text)) return void socket.destroy();
    const client: Client = { address: address.text, port, transport: 'tcp' };
    const octets = addressOctets(address);
    const descriptor = tls ? undefined : this.#takenFrom(socket);
    if (descriptor !== undefined) {
      this.#stay({ descriptor, client, address: octets, unread: NOTHING, unsent: NOTHING });
      return;
    }
    const stream = tls ? tls.secure(socket) : socket;
    const connection = this.#add(stream, client, octets, tls?.context);
    stream.on('data', chunk => connection.read(chunk));
    stream.resume();
  }

  /** The connection of an accepted socket, without the socket; undefined where it cannot be had. */
  #takenFrom(socket: Socket): number | undefined {
    const accepted = this.#calls && descriptorOf(socket);
    if (accepted === undefined) return undefined;
    try {
      const descriptor = this.#calls?.duplicate(accepted);
      socket.destroy();
      return descriptor;
    } catch {
      // No descriptor is left: the socket serves as it is.
      return undefined;
    }
  }

  /** A visitor stays: from now on a socket of Node's serves him, one that reads into our buffer. */
  #stay({ descriptor, client, address, unread, unsent }: StayingVisit): void {
    const { input } = this.#context;
    let connection: TcpConnection | undefined;
    const options: SocketConstructorOpts & { readonly highWaterMark: number } = {
      fd: descriptor,
      readable: true,
      writable: true,
      allowHalfOpen: true,
      highWaterMark: HIGH_WATER_OCTETS,
      onread: {
        buffer: input,
        callback: octets => {
          connection?.read(input.subarray(0, octets));
          return true;
        },
      },
    };
    const socket = new Socket(options);
    connection = this.#add(socket, client, address);
    if (unsent.length > 0) socket.write(unsent);
    if (unread.length > 0) connection.read(unread);
  }

  #add(socket: Socket, client: Client, address: Octets, context = this.#context): TcpConnection {
    const connection = new TcpConnection(socket, client, address, context);
    this.#open.add(connection);
    socket.on('close', () => this.#remove(connection));
    this.#stopSweeping ??= this.#sweepLater();
    return connection;
  }

  #remove(connection: TcpConnection): void {
    if (this.#open.delete(connection)) this.#leave(connection.client.address);
  }

  /** At a limit the connection that was idle longest goes first; without one the new one has to. */
  #admit(address: string): boolean {
    this.#count('tcp_accepted');
    const lack = this.#room.lack(address);
    const isSame = ({ client }: TcpConnection) => client.address === address;
    if (lack && !this.#closeIdlest(lack === 'address' ? isSame : () => true)) {
      this.#count('tcp_refused_full');
      return false;
    }
    this.#room.enter(address);
    this.#gauge();
    return true;
  }

  #leave(address: string): void {
    this.#room.leave(address);
    this.#gauge();
  }

  #closeIdlest(isCandidate: (connection: TcpConnection) => boolean): boolean {
    let idlest: TcpConnection | undefined;
    for (const connection of this.#open) {
      if (idlest && connection.lastMs >= idlest.lastMs) continue;
      if (isCandidate(connection) && connection.isIdle) idlest = connection;
    }
    if (!idlest) return false;
    idlest.close('tcp_closed_for_newer');
    this.#remove(idlest);
    return true;
  }

  #sweepLater(): () => void {
    return this.#context.answering.clock.after(SWEEP_MS, () => this.#sweep());
  }

  #sweep(): void {
    const nowMs = this.#context.answering.clock.monotonic();
    for (const connection of this.#open) {
      const reason = connection.overdue(nowMs);
      if (reason) connection.close(reason);
    }
    this.#stopSweeping = this.#open.size > 0 ? this.#sweepLater() : undefined;
  }

  #gauge(): void {
    const { values, slot } = this.#context.answering.counters;
    values[slot.tcp_open] = this.#room.total;
  }

  #count(counter: ServerCounter): void {
    const { values, slot } = this.#context.answering.counters;
    values[slot[counter]]++;
  }
}

/** Without a kept socket the thread makes its own, sharing the port where the kernel can. */
function listenAt(server: Server, { address, port, scopeId, family }: ListenSocket): void {
  const host = scopeId === 0 ? address : `${address}%${scopeId}`;
  const reusePort = process.platform === 'linux';
  server.listen({ host, port, ipv6Only: family === 6, reusePort, backlog: BACKLOG });
}
