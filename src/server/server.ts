import type { Answering } from './answering.ts';
import { guarded } from './guarded.ts';
import { errorCode } from './listen-error.ts';
import type { ListenSocket } from './listeners.ts';
import { keyOf } from './socket-groups.ts';
import type { SystemCalls } from './system-calls.ts';
import { TcpConnections, type TcpServer } from './tcp.ts';
import type { TcpLimits } from './tcp-limits.ts';
import type { ServeUdp, UdpMode, UdpSocket } from './udp.ts';
import { batchedUdp } from './udp-batched.ts';
import { portableUdp } from './udp-portable.ts';

export interface ServerOptions {
  readonly answering: Answering;
  readonly limits: TcpLimits;
  /** Undefined where there is no FFI. */
  readonly systemCalls: SystemCalls | undefined;
  /** `portable` forbids batches even where they could be had. */
  readonly udp?: UdpMode;
}

/** The sockets of one answer thread. */
export interface DnsServer {
  readonly udp: UdpMode;
  /** Serves exactly these sockets from now on; those that cannot be had are logged and left out. */
  serve(sockets: readonly ListenSocket[]): Promise<void>;
  /** Reads no more, waits for slow answers as long as `drainMs`, then closes everything. */
  close(drainMs?: number): Promise<void>;
}

/** Makes the server of a thread; it has no sockets before `serve`. */
export function makeServer(options: ServerOptions): DnsServer {
  return new ThreadServer(options);
}

class ThreadServer implements DnsServer {
  readonly udp: UdpMode;
  readonly #answering: Answering;
  readonly #serveUdp: ServeUdp;
  readonly #tcp: TcpConnections;
  readonly #udpSockets = new Map<string, UdpSocket>();
  readonly #tcpServers = new Map<string, TcpServer>();

  constructor(options: ServerOptions) {
    const { limits, systemCalls } = options;
    const answering = { ...options.answering, answerInto: guarded(options.answering) };
    this.#answering = answering;
    this.#tcp = new TcpConnections(answering, limits, systemCalls);
    const isBatched = systemCalls !== undefined && options.udp !== 'portable';
    this.udp = isBatched ? 'batched' : 'portable';
    this.#serveUdp = isBatched ? batchedUdp(systemCalls) : portableUdp(systemCalls);
  }

  async serve(sockets: readonly ListenSocket[]): Promise<void> {
    const wanted = new Map(sockets.map(socket => [nameOf(socket), socket]));
    const isGone = (name: string) => !wanted.has(name);
    for (const name of [...this.#tcpServers.keys()].filter(isGone)) {
      this.#tcpServers.get(name)?.close();
      this.#tcpServers.delete(name);
    }
    const gone = [...this.#udpSockets.keys()].filter(isGone);
    await Promise.all([
      ...gone.map(name => this.#closeUdp(name, 0)),
      ...[...wanted].map(([name, socket]) => this.#open(name, socket)),
    ]);
  }

  async close(drainMs = 0): Promise<void> {
    for (const server of this.#tcpServers.values()) server.close();
    const sockets = [...this.#udpSockets.keys()].map(name => this.#closeUdp(name, drainMs));
    await Promise.all([this.#tcp.close(drainMs), ...sockets]);
  }

  async #open(name: string, socket: ListenSocket): Promise<void> {
    try {
      if (socket.transport === 'tcp') {
        if (!this.#tcpServers.has(name)) this.#tcpServers.set(name, await this.#tcp.serve(socket));
      } else if (!this.#udpSockets.has(name)) {
        this.#udpSockets.set(name, await this.#serveUdp(socket, this.#answering));
      }
    } catch (error) {
      const { transport, address, port } = socket;
      const fields = { transport, address, port, reason: errorCode(error) };
      this.#answering.log.error('Cannot serve a listening socket', fields);
    }
  }

  async #closeUdp(name: string, drainMs: number): Promise<void> {
    const socket = this.#udpSockets.get(name);
    this.#udpSockets.delete(name);
    await socket?.close(drainMs);
  }
}

function nameOf(socket: ListenSocket): string {
  return `${keyOf(socket)} ${socket.descriptor ?? 'own'}`;
}
