import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { addressOctets, type IpAddress, ipAddress } from '../dns/index.ts';
import type { Answering } from './answering.ts';
import { Meter, type ServerCounter } from './counters.ts';
import { duplicateOf } from './duplicate.ts';
import type { ListenSocket } from './listeners.ts';
import type { ServedSocket } from './served-socket.ts';
import type { SystemCalls } from './system-calls.ts';
import { TcpConnection } from './tcp-connection.ts';
import type { TcpLimits } from './tcp-limits.ts';
import { type ConnectionContext, Scratch } from './tcp-writer.ts';

/** How often connections are looked over for those that are overdue. */
const SWEEP_MS = 250;
const BACKLOG = 4096;

/** The TCP side of an answer thread: all its connections, whatever socket they came by. */
export class TcpConnections {
  readonly #context: ConnectionContext;
  readonly #calls: SystemCalls | undefined;
  readonly #open = new Set<TcpConnection>();
  readonly #perAddress = new Map<string, number>();
  #stopSweeping: (() => void) | undefined;

  constructor(answering: Answering, limits: TcpLimits, calls: SystemCalls | undefined) {
    const meter = new Meter(answering.counters);
    this.#context = { answering, limits, meter, scratch: new Scratch(limits) };
    this.#calls = calls;
    // The counters may be those of a thread that died with connections open.
    this.#gauge();
  }

  /**
   * Serves a listening socket. Rejects when it cannot be had. Closing it ends the accepting; what
   * was accepted stays.
   */
  async serve(listen: ListenSocket): Promise<ServedSocket> {
    const server = createServer(
      {
        // Half-open, because a client may close its side before it has its answers.
        allowHalfOpen: true,
        // Kept sockets hand the option down without a call for each connection.
        noDelay: listen.descriptor === undefined,
        highWaterMark: this.#context.scratch.writeOctets,
      },
      socket => this.#accept(socket),
    );
    const listening = once(server, 'listening');
    this.#listen(server, listen);
    await listening;
    server.on('error', error => {
      this.#context.answering.log.warn('TCP socket', { reason: error.message });
    });
    return { close: async () => void server.close() };
  }

  /** Closes each connection when its slow answers are out, or after `drainMs`. */
  async close(drainMs: number): Promise<void> {
    await Promise.all([...this.#open].map(connection => connection.drain(drainMs)));
    this.#stopSweeping?.();
    this.#stopSweeping = undefined;
  }

  #listen(server: Server, listen: ListenSocket): void {
    const { descriptor, address, port, scopeId, family } = listen;
    if (descriptor !== undefined) {
      server.listen({ fd: duplicateOf(this.#calls, listen), backlog: BACKLOG });
    } else {
      const host = scopeId === 0 ? address : `${address}%${scopeId}`;
      const reusePort = process.platform === 'linux';
      server.listen({ host, port, ipv6Only: family === 6, reusePort, backlog: BACKLOG });
    }
  }

  #accept(socket: Socket): void {
    const address = ipAddress(socket.remoteAddress?.split('%')[0] ?? '');
    // Without an address the client is gone already.
    if (!address) return void socket.destroy();
    this.#count('tcp_accepted');
    if (!this.#makeRoom(address)) {
      this.#count('tcp_refused_full');
      return void socket.destroy();
    }
    this.#add(socket, address);
  }

  #add(socket: Socket, address: IpAddress): void {
    const client = {
      address: address.text,
      port: socket.remotePort ?? 0,
      transport: 'tcp',
    } as const;
    const connection = new TcpConnection(socket, client, addressOctets(address), this.#context);
    this.#open.add(connection);
    this.#perAddress.set(address.text, (this.#perAddress.get(address.text) ?? 0) + 1);
    this.#gauge();
    socket.on('close', () => this.#remove(connection));
    this.#stopSweeping ??= this.#sweepLater();
  }

  #remove(connection: TcpConnection): void {
    if (!this.#open.delete(connection)) return;
    const { address } = connection.client;
    const left = (this.#perAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(address);
    else this.#perAddress.set(address, left);
    this.#gauge();
  }

  /** At a limit the connection that was idle longest goes first; without one the new one has to. */
  #makeRoom({ text }: IpAddress): boolean {
    const { connections, connectionsPerAddress } = this.#context.limits;
    if ((this.#perAddress.get(text) ?? 0) >= connectionsPerAddress) {
      return this.#closeIdlest(connection => connection.client.address === text);
    }
    return this.#open.size < connections || this.#closeIdlest(() => true);
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
    values[slot.tcp_open] = this.#open.size;
  }

  #count(counter: ServerCounter): void {
    const { values, slot } = this.#context.answering.counters;
    values[slot[counter]]++;
  }
}
