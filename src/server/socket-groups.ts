import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { SocketAddress } from './socket-address.ts';
import type { SystemCalls, Transport } from './system-calls.ts';

/** The listening sockets of one address and transport: one a thread, sharing the port. */
export interface SocketGroup extends SocketAddress {
  readonly transport: Transport;
  readonly isTls?: boolean;
  /** Empty where threads have to make their own sockets. */
  readonly descriptors: readonly number[];
}

/** Makes groups of sockets. Both ways throw what the kernel says, for the caller to explain. */
export interface SocketSource {
  /** Binds the way a stranger would, without sharing, and lets go; returns the port (for port 0). */
  probe(transport: Transport, address: SocketAddress): Promise<number>;
  open(transport: Transport, address: SocketAddress): SocketGroup;
  close(group: SocketGroup): void;
  /** Lets go of inherited sockets that nobody asked for, and returns how many. */
  closeUnused(): number;
}

/** How kept sockets are made. */
export interface KeptSocketOptions {
  readonly threads: number;
  /** Of each UDP socket; holds what arrives while a dead thread is replaced. */
  readonly receiveBufferOctets: number;
  /** Connections waiting to be accepted. */
  readonly backlog: number;
  /** Descriptors inherited from an older process or from systemd. */
  readonly inherited: readonly number[];
}

/**
 * Sockets made by FFI and kept by this process's control thread: threads serve duplicates, so a
 * socket and what waits in it outlive the thread.
 */
export function keptSockets(calls: SystemCalls, options: KeptSocketOptions): SocketSource {
  const inherited = adopted(calls, options.inherited);
  const take = (key: string) => {
    const descriptors = inherited.get(key) ?? [];
    inherited.delete(key);
    return descriptors;
  };

  return {
    probe: async (transport, address) => {
      if (inherited.has(keyOf({ ...address, transport }))) return address.port;
      const descriptor = calls.open(transport, address.family);
      try {
        return bindAlone(calls, descriptor, transport, address);
      } finally {
        calls.close(descriptor);
      }
    },
    open: (transport, address) => {
      const descriptors = take(keyOf({ ...address, transport }));
      fill(descriptors, calls, transport, address, options);
      return { ...address, transport, descriptors };
    },
    close: group => {
      for (const descriptor of group.descriptors) calls.close(descriptor);
    },
    closeUnused: () => {
      const unused = [...inherited.values()].flat();
      for (const descriptor of unused) calls.close(descriptor);
      inherited.clear();
      return unused.length;
    },
  };
}

/** Binds what is missing for a socket a thread. */
function fill(
  descriptors: number[],
  calls: SystemCalls,
  transport: Transport,
  address: SocketAddress,
  options: KeptSocketOptions,
): void {
  const isInherited = descriptors.length > 0;
  try {
    while (descriptors.length < options.threads) {
      descriptors.push(bindShared(calls, transport, address, options));
    }
  } catch (error) {
    // An inherited socket may forbid sharing its port: then the threads share the socket.
    if (isInherited) return;
    for (const descriptor of descriptors) calls.close(descriptor);
    throw error;
  }
}

/** The inherited sockets by key. Their descriptors are replaced by such as are closed on exec. */
function adopted(calls: SystemCalls, descriptors: readonly number[]): Map<string, number[]> {
  const byKey = new Map<string, number[]>();
  for (const descriptor of descriptors) {
    const found = calls.describe(descriptor);
    if (!found) continue;
    const own = calls.duplicate(descriptor);
    calls.close(descriptor);
    byKey.set(keyOf(found), [...(byKey.get(keyOf(found)) ?? []), own]);
  }
  return byKey;
}

/** Without FFI: this side only finds out whether, and at which port, the threads can listen. */
export function unkeptSockets(): SocketSource {
  return {
    probe: (transport, address) => (transport === 'udp' ? probeUdp(address) : probeTcp(address)),
    open: (transport, address) => ({ ...address, transport, descriptors: [] }),
    close: () => {},
    closeUnused: () => 0,
  };
}

/** The name of a socket in maps: no two sockets of one thread share it. */
export function keyOf(socket: SocketAddress & { readonly transport: Transport }): string {
  return `${socket.transport} ${socket.address}%${socket.scopeId} ${socket.port}`;
}

function bindAlone(
  calls: SystemCalls,
  descriptor: number,
  transport: Transport,
  address: SocketAddress,
): number {
  // For TCP this only passes over connections of the past; a listening socket still refuses.
  if (transport === 'tcp') calls.set(descriptor, 'reuseAddress', 1);
  if (address.family === 6) calls.set(descriptor, 'ipv6Only', 1);
  calls.bind(descriptor, address);
  return calls.describe(descriptor)?.port ?? address.port;
}

function bindShared(
  calls: SystemCalls,
  transport: Transport,
  address: SocketAddress,
  options: KeptSocketOptions,
): number {
  const descriptor = calls.open(transport, address.family);
  try {
    if (address.family === 6) calls.set(descriptor, 'ipv6Only', 1);
    calls.set(descriptor, 'reuseAddress', 1);
    calls.set(descriptor, 'reusePort', 1);
    if (transport === 'udp') {
      growBuffers(calls, descriptor, options.receiveBufferOctets);
      ignorePathMtu(calls, descriptor, address.family);
    }
    // Accepted connections inherit it, which saves a call for each.
    else calls.set(descriptor, 'noDelay', 1);
    calls.bind(descriptor, address);
    if (transport === 'tcp') calls.listen(descriptor, options.backlog);
    return descriptor;
  } catch (error) {
    calls.close(descriptor);
    throw error;
  }
}

function growBuffers(calls: SystemCalls, descriptor: number, receiveOctets: number): void {
  calls.set(descriptor, 'receiveBuffer', receiveOctets);
  calls.set(descriptor, 'sendBuffer', receiveOctets);
  try {
    calls.set(descriptor, 'receiveBufferForced', receiveOctets);
  } catch {
    // Only processes with CAP_NET_ADMIN may pass net.core.rmem_max; others have what it allows.
  }
}

/** IP_PMTUDISC_OMIT and IPV6_PMTUDISC_OMIT. */
const OMIT_PATH_MTU = 5;

/**
 * Responses heed no path MTU, which anybody can forge to have them sent in fragments (RFC 9715); it
 * also spares looking it up for each.
 */
function ignorePathMtu(calls: SystemCalls, descriptor: number, family: 4 | 6): void {
  try {
    calls.set(descriptor, family === 4 ? 'pathMtu4' : 'pathMtu6', OMIT_PATH_MTU);
  } catch {
    // Kernels that are none of Linux's own may not know it.
  }
}

async function probeUdp({ address, family, port }: SocketAddress): Promise<number> {
  const socket = createSocket({ type: family === 4 ? 'udp4' : 'udp6', ipv6Only: family === 6 });
  socket.bind({ address, port });
  await once(socket, 'listening');
  const bound = socket.address().port;
  socket.close();
  await once(socket, 'close');
  return bound;
}

async function probeTcp({ address, family, port }: SocketAddress): Promise<number> {
  const server = createServer();
  server.listen({ host: address, port, ipv6Only: family === 6 });
  await once(server, 'listening');
  const bound = server.address();
  server.close();
  await once(server, 'close');
  return typeof bound === 'object' && bound !== null ? bound.port : port;
}
