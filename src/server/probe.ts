import { ListenError } from './listen-error.ts';
import type { ListenAddress } from './listeners.ts';
import { type SocketAddress, socketAddress } from './socket-address.ts';
import type { SocketGroup, SocketSource } from './socket-groups.ts';
import type { Transport } from './system-calls.ts';

/** How often a port that is free by UDP may be taken by TCP. */
const PORT_TRIES = 8;

/** Finds out that the port is free. */
export async function probeTls(
  source: SocketSource,
  wanted: ListenAddress,
): Promise<SocketAddress> {
  const address = readAddress(wanted);
  return { ...address, port: await probeOne(source, 'tcp', address) };
}

function readAddress({ address: text, port }: ListenAddress): SocketAddress {
  const address = socketAddress(text, port);
  if (!address) throw new RangeError(`${text} is not an IP address`);
  return address;
}

/** Finds a port that is free by both transports. */
export async function probePair(
  source: SocketSource,
  wanted: ListenAddress,
): Promise<SocketAddress> {
  const address = readAddress(wanted);
  for (let tries = 1; ; tries++) {
    const port = await probeOne(source, 'udp', address);
    try {
      return { ...address, port: await probeOne(source, 'tcp', { ...address, port }) };
    } catch (error) {
      if (wanted.port !== 0 || tries === PORT_TRIES) throw error;
    }
  }
}

async function probeOne(
  source: SocketSource,
  transport: Transport,
  address: SocketAddress,
): Promise<number> {
  try {
    return await source.probe(transport, address);
  } catch (error) {
    throw new ListenError(transport, address, error);
  }
}

/** Opens the sockets of one address, one a thread. */
export function openOne(
  source: SocketSource,
  transport: Transport,
  address: SocketAddress,
): SocketGroup {
  try {
    return source.open(transport, address);
  } catch (error) {
    throw new ListenError(transport, address, error);
  }
}
