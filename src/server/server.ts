import type { Client, Octets } from '../dns/index.ts';
import type { Answering } from './answering.ts';
import { guarded } from './guarded.ts';
import { HandedQueries } from './handed-queries.ts';
import { errorCode } from './listen-error.ts';
import type { ListenSocket } from './listeners.ts';
import type { ServedSocket, ServeUdp, UdpMode } from './served-socket.ts';
import { isWildcard } from './socket-address.ts';
import { keyOf } from './socket-groups.ts';
import type { SystemCalls } from './system-calls.ts';
import { TcpConnections } from './tcp.ts';
import type { TcpLimits } from './tcp-limits.ts';
import type { Certificate } from './tls-door.ts';
import { batchedUdp } from './udp-batched.ts';
import { portableUdp } from './udp-portable.ts';
import { wildcardUdp } from './udp-wildcard.ts';

/** What a thread serves with. */
export interface ServerOptions {
  readonly answering: Answering;
  readonly limits: TcpLimits;
  /** Undefined where there is no FFI. */
  readonly systemCalls: SystemCalls | undefined;
  /** `portable` forbids batches even where they could be had. */
  readonly udp?: UdpMode;
  /** Needed to serve sockets for TLS. */
  readonly certificate?: Certificate | undefined;
}

/** The sockets of one answer thread. */
export interface DnsServer {
  readonly udp: UdpMode;
  /**
   * Serves exactly these sockets from now on; those that cannot be had are logged and left out. Once
   * it is closed it serves none.
   */
  serve(sockets: readonly ListenSocket[]): Promise<void>;
  /** Connections by TLS from now on are shown this certificate; throws when it does not fit its key. */
  renewCertificate(certificate: Certificate): void;
  /**
   * Answers a query that came to another thread, by HTTP; undefined where it is met with silence.
   * The client's `transport` is `tcp`.
   */
  answer(octets: Octets, client: Client): Promise<Octets | undefined>;
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
  readonly #handed: HandedQueries;
  /** By name, from the moment their opening begins. */
  readonly #open = new Map<string, Promise<ServedSocket | undefined>>();
  #isClosed = false;

  constructor(options: ServerOptions) {
    const { limits, systemCalls } = options;
    const answering = { ...options.answering, answerInto: guarded(options.answering) };
    this.#answering = answering;
    this.#tcp = new TcpConnections(answering, limits, systemCalls, options.certificate);
    this.#handed = new HandedQueries(answering);
    const isBatched = systemCalls !== undefined && options.udp !== 'portable';
    this.udp = isBatched ? 'batched' : 'portable';
    this.#serveUdp = isBatched ? byAddress(systemCalls) : portableUdp(systemCalls);
  }

  async serve(sockets: readonly ListenSocket[]): Promise<void> {
    if (this.#isClosed) return;
    const wanted = new Map(sockets.map(socket => [nameOf(socket), socket]));
    const gone = [...this.#open.keys()].filter(name => !wanted.has(name));
    const fresh = [...wanted].filter(([name]) => !this.#open.has(name));
    for (const [name, socket] of fresh) this.#open.set(name, this.#tryToServe(name, socket));
    await Promise.all([...gone.map(name => this.#close(name, 0)), ...this.#open.values()]);
  }

  renewCertificate(certificate: Certificate): void {
    this.#tcp.renewCertificate(certificate);
  }

  answer(octets: Octets, client: Client): Promise<Octets | undefined> {
    return this.#handed.answer(octets, client);
  }

  async close(drainMs = 0): Promise<void> {
    this.#isClosed = true;
    const sockets = [...this.#open.keys()].map(name => this.#close(name, drainMs));
    await Promise.all([this.#tcp.close(drainMs), ...sockets]);
  }

  async #tryToServe(name: string, socket: ListenSocket): Promise<ServedSocket | undefined> {
    try {
      return socket.transport === 'tcp'
        ? await this.#tcp.serve(socket)
        : await this.#serveUdp(socket, this.#answering);
    } catch (error) {
      const { transport, address, port } = socket;
      const fields = { transport, address, port, reason: errorCode(error) };
      this.#answering.log.error('Cannot serve a listening socket', fields);
      // The next list of sockets may have it again.
      this.#open.delete(name);
      return undefined;
    }
  }

  async #close(name: string, drainMs: number): Promise<void> {
    const socket = this.#open.get(name);
    this.#open.delete(name);
    await (await socket)?.close(drainMs);
  }
}

/** Only a socket of every address has to ask where a datagram went. */
function byAddress(calls: SystemCalls): ServeUdp {
  const bound = batchedUdp(calls);
  const wildcard = wildcardUdp(calls);
  return (listen, answering) => (isWildcard(listen) ? wildcard : bound)(listen, answering);
}

function nameOf(socket: ListenSocket): string {
  return `${keyOf(socket)} ${socket.descriptor ?? 'own'}`;
}
