import type { Clock, Log } from '../runtime/index.ts';
import { type OwnAddresses, ownAddresses } from './interface-addresses.ts';
import { errorCode } from './listen-error.ts';
import { openOne, probePair, probeTls } from './probe.ts';
import { isWildcard, type SocketAddress } from './socket-address.ts';
import {
  keptSockets,
  keyOf,
  type SocketGroup,
  type SocketSource,
  unkeptSockets,
} from './socket-groups.ts';
import type { SystemCalls, Transport } from './system-calls.ts';

/** Where to listen, as configured: by UDP and TCP both. Port 0 is any free one, the same for both. */
export interface ListenAddress {
  /** IPv4 or IPv6; `0.0.0.0` and `::` are every address of the machine. */
  readonly address: string;
  readonly port: number;
}

/** For whom to listen, and by what means. */
export interface ListenOptions {
  /** How many answer threads will serve. */
  readonly threads: number;
  /** Undefined: threads make their own sockets, and what waits in them dies with a thread. */
  readonly systemCalls: SystemCalls | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when an interface address came or went; each thread then serves its `socketsOf`. */
  readonly onChange: () => void;
  /** Descriptors inherited from an older process or from systemd; unknown ones are left alone. */
  readonly inherited?: readonly number[];
  /** Where to listen for DNS over TLS. */
  readonly tlsAddresses?: readonly ListenAddress[];
  readonly receiveBufferOctets?: number;
  readonly backlog?: number;
  readonly ownAddresses?: OwnAddresses;
}

/** A socket for one answer thread to serve; plain data, to be posted. */
export interface ListenSocket extends SocketAddress {
  readonly transport: Transport;
  /** DNS over TLS: a TCP socket of its own. */
  readonly isTls?: boolean;
  /** The control thread's, to be duplicated; undefined when the thread has to make its own. */
  readonly descriptor: number | undefined;
}

/** The listening sockets of the process. */
export interface Listeners {
  /** What the thread of this number, from 0, serves now. */
  socketsOf(thread: number): readonly ListenSocket[];
  /** The configured addresses, with the real port where 0 was asked for. */
  readonly addresses: readonly ListenAddress[];
  /** The same for TLS. */
  readonly tlsAddresses: readonly ListenAddress[];
  /** Every descriptor kept, for a process that takes over. */
  descriptors(): readonly number[];
  close(): Promise<void>;
}

const RECEIVE_BUFFER_OCTETS = 4 << 20;
const BACKLOG = 4096;
const LOOK_AGAIN_MS = 5000;

/**
 * Makes the listening sockets, or adopts inherited ones. A wildcard gets one UDP socket for each
 * interface address beside its own, so that responses leave from the address that was asked;
 * interfaces are looked at again every 5 s. (Batched, the wildcard's own socket does so for every
 * other address: udp-wildcard.ts.)
 *
 * @throws {ListenError} For the first address that cannot be had; nothing stays open then.
 */
export async function openListeners(
  addresses: readonly ListenAddress[],
  options: ListenOptions,
): Promise<Listeners> {
  const source = socketSource(options);
  const groups: SocketGroup[] = [];
  try {
    // All are probed before the first is opened: our own wildcard would refuse the next probe.
    const probed = await Promise.all(addresses.map(address => probePair(source, address)));
    const secure = await Promise.all(
      (options.tlsAddresses ?? []).map(address => probeTls(source, address)),
    );
    for (const address of probed) {
      groups.push(openOne(source, 'udp', address), openOne(source, 'tcp', address));
    }
    for (const address of secure) {
      groups.push({ ...openOne(source, 'tcp', address), isTls: true });
    }
  } catch (error) {
    for (const group of groups) source.close(group);
    throw error;
  }
  const listeners = new OpenListeners(source, groups, options);
  listeners.look();
  const unused = source.closeUnused();
  if (unused > 0) options.log.warn('Closed inherited sockets that no listener uses', { unused });
  return listeners;
}

function socketSource(options: ListenOptions): SocketSource {
  const { systemCalls, threads, inherited = [] } = options;
  if (!systemCalls) return unkeptSockets();
  const { receiveBufferOctets = RECEIVE_BUFFER_OCTETS, backlog = BACKLOG } = options;
  return keptSockets(systemCalls, { threads, receiveBufferOctets, backlog, inherited });
}

/** Fewer descriptors than threads are shared; of more, each thread serves several. */
function descriptorsOf(
  thread: number,
  threads: number,
  descriptors: readonly number[],
): readonly (number | undefined)[] {
  if (descriptors.length === 0) return [undefined];
  const own = descriptors.filter((_, at) => at % threads === thread);
  return own.length > 0 ? own : [descriptors[thread % descriptors.length]];
}

function placeOf({ address, port }: SocketAddress): ListenAddress {
  return { address, port };
}

class OpenListeners implements Listeners {
  readonly addresses: readonly ListenAddress[];
  readonly tlsAddresses: readonly ListenAddress[];
  readonly #source: SocketSource;
  readonly #fixed: readonly SocketGroup[];
  readonly #wildcards: readonly SocketGroup[];
  readonly #options: ListenOptions;
  /** UDP sockets of interface addresses, by key. */
  readonly #byInterface = new Map<string, SocketGroup>();
  readonly #failed = new Set<string>();
  #stopLooking = () => {};

  constructor(source: SocketSource, fixed: readonly SocketGroup[], options: ListenOptions) {
    this.#source = source;
    this.#fixed = fixed;
    this.#options = options;
    const udp = fixed.filter(({ transport }) => transport === 'udp');
    this.addresses = udp.map(placeOf);
    this.tlsAddresses = fixed.filter(({ isTls }) => isTls).map(placeOf);
    this.#wildcards = udp.filter(isWildcard);
  }

  socketsOf(thread: number): readonly ListenSocket[] {
    return this.#groups().flatMap(({ descriptors, ...socket }) => {
      const served = descriptorsOf(thread, this.#options.threads, descriptors);
      return served.map(descriptor => ({ ...socket, descriptor }));
    });
  }

  descriptors(): readonly number[] {
    return this.#groups().flatMap(({ descriptors }) => descriptors);
  }

  async close(): Promise<void> {
    this.#stopLooking();
    for (const group of this.#groups()) this.#source.close(group);
    this.#byInterface.clear();
  }

  /** Follows the addresses of the interfaces, now and every 5 s, where a wildcard is listened at. */
  look(): void {
    if (this.#wildcards.length === 0) return;
    if (this.#followInterfaces()) this.#options.onChange();
    this.#stopLooking = this.#options.clock.after(LOOK_AGAIN_MS, () => this.look());
  }

  #groups(): readonly SocketGroup[] {
    return [...this.#fixed, ...this.#byInterface.values()];
  }

  #followInterfaces(): boolean {
    const wanted = this.#wantedNow();
    const gone = [...this.#byInterface].filter(([key]) => !wanted.has(key));
    for (const [key, group] of gone) {
      this.#byInterface.delete(key);
      this.#source.close(group);
      this.#options.log.info('Interface address is gone', { address: group.address });
    }
    const fresh = [...wanted].filter(([key]) => !this.#byInterface.has(key));
    const opened = fresh.filter(([key, address]) => this.#openInterface(key, address));
    return gone.length + opened.length > 0;
  }

  #wantedNow(): ReadonlyMap<string, SocketAddress> {
    const own = (this.#options.ownAddresses ?? ownAddresses)();
    const all = this.#wildcards.flatMap(({ family, port }) =>
      own.filter(address => address.family === family).map(address => ({ ...address, port })),
    );
    const named = new Set(this.#fixed.map(keyOf));
    const keyed = all.map(at => [keyOf({ ...at, transport: 'udp' }), at] as const);
    return new Map(keyed.filter(([key]) => !named.has(key)));
  }

  /** An address still being checked for duplicates cannot be bound: the next look tries again. */
  #openInterface(key: string, address: SocketAddress): boolean {
    try {
      this.#byInterface.set(key, this.#source.open('udp', address));
      this.#failed.delete(key);
      return true;
    } catch (error) {
      if (!this.#failed.has(key)) {
        const fields = { address: address.address, reason: errorCode(error) };
        this.#options.log.warn('Cannot listen at an interface address yet', fields);
      }
      this.#failed.add(key);
      return false;
    }
  }
}
