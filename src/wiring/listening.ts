import type { Config } from '../config/index.ts';
import { formatHostPort } from '../mesos/index.ts';
import type { World } from '../runtime/index.ts';
import {
  type ListenAddress,
  type Listeners,
  loadSystemCalls,
  openListeners,
} from '../server/index.ts';
import type { AnswerThreads } from './answer-threads.ts';

interface ListeningWorld extends Pick<World, 'clock' | 'log'> {
  /** Listening sockets that an older process, or systemd, left to this one. */
  readonly inherited?: readonly number[] | undefined;
}

/**
 * How long this thread works before another may have its processor: shorter than the runtime's
 * helpers (compiling, collecting garbage), longer than those that answer.
 */
const TURN_US = 300;

/** The listening sockets of DNS. They outlive every config and every thread. */
export class Listening {
  readonly listeners: Listeners;
  readonly #audience: { threads?: AnswerThreads };

  private constructor(listeners: Listeners, audience: { threads?: AnswerThreads }) {
    this.listeners = listeners;
    this.#audience = audience;
  }

  /** @throws {ListenError} When an address cannot be had. */
  static async open(
    config: Config,
    { clock, log, inherited = [] }: ListeningWorld,
  ): Promise<Listening> {
    const isBatched = config.udpMode !== 'portable';
    const systemCalls = await loadSystemCalls(reason => {
      if (isBatched) log.warn('No system calls by FFI: UDP goes through Node alone', { reason });
    });
    systemCalls?.takeTurns(TURN_US);
    const audience: { threads?: AnswerThreads } = {};
    const places = config.listeners.map(({ host, port }) => ({ address: host, port }));
    const listeners = await openListeners(places, {
      tlsAddresses: config.tlsListeners.map(({ host, port }) => ({ address: host, port })),
      threads: config.threads,
      systemCalls,
      clock,
      log,
      inherited,
      onChange: () => audience.threads?.resocket(),
    });
    return new Listening(listeners, audience);
  }

  /** Our own addresses and ports, as `10.0.0.1:53`. */
  get places(): readonly string[] {
    return this.listeners.addresses.map(placeText);
  }

  /** The same for DNS over TLS. */
  get tlsPlaces(): readonly string[] {
    return this.listeners.tlsAddresses.map(placeText);
  }

  /** All of them. */
  get allPlaces(): readonly string[] {
    return [...this.places, ...this.tlsPlaces];
  }

  /** From now on these threads hear of addresses that come and go; they are given the sockets. */
  serveBy(threads: AnswerThreads): void {
    this.#audience.threads = threads;
    threads.takeSockets();
  }

  close(): Promise<void> {
    return this.listeners.close();
  }
}

function placeText({ address, port }: ListenAddress): string {
  return formatHostPort({ host: address, port });
}
