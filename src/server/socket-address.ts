import { addressFromOctets, addressOctets, ipAddress, type Octets } from '../dns/index.ts';

/** Where a socket is bound, or a datagram came from. */
export interface SocketAddress {
  /** Canonical text of an IPv4 or IPv6 address, without a zone suffix. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  /** The interface of a link-local IPv6 address (RFC 4007); 0 for all others. */
  readonly scopeId: number;
}

/** Linux: AF_INET and AF_INET6. */
const FAMILY_CODE = { 4: 2, 6: 10 } as const;

/** Octets of `struct sockaddr_in` and `struct sockaddr_in6`; the larger is room for both. */
export const SOCKADDR_OCTETS = { 4: 16, 6: 28 } as const;

/** Where address and port (big-endian) stand in them; the family, in host order, comes first. */
export const SOCKADDR_ADDRESS_AT = { 4: 4, 6: 8 } as const;

/** Where the port stands in both, in network order. */
export const SOCKADDR_PORT_AT = 2;
const SCOPE_AT = 24;

/** A socket address of text and numbers. Undefined when `text` is no address. */
export function socketAddress(text: string, port: number, scopeId = 0): SocketAddress | undefined {
  const address = ipAddress(text);
  return address && { address: address.text, family: address.family, port, scopeId };
}

/** Says whether it stands for every address of the machine. */
export function isWildcard({ address }: SocketAddress): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** The address as the kernel of Linux takes it. */
export function sockaddrOf({ address, family, port, scopeId }: SocketAddress): Octets {
  const octets = new Uint8Array(SOCKADDR_OCTETS[family]);
  const view = new DataView(octets.buffer);
  view.setUint16(0, FAMILY_CODE[family], true);
  view.setUint16(SOCKADDR_PORT_AT, port);
  octets.set(addressOctets({ family, text: address }), SOCKADDR_ADDRESS_AT[family]);
  if (family === 6) view.setUint32(SCOPE_AT, scopeId, true);
  return octets;
}

/** The address as the kernel of Linux gives it at `octets[at]`; undefined for other families. */
export function readSockaddr(octets: Octets, at = 0): SocketAddress | undefined {
  const view = new DataView(octets.buffer, octets.byteOffset + at);
  const code = view.getUint16(0, true);
  const family = code === FAMILY_CODE[4] ? 4 : code === FAMILY_CODE[6] ? 6 : undefined;
  if (family === undefined) return undefined;
  const length = family === 4 ? 4 : 16;
  const { text } = addressFromOctets(octets, at + SOCKADDR_ADDRESS_AT[family], length);
  const scopeId = family === 6 ? view.getUint32(SCOPE_AT, true) : 0;
  return { address: text, family, port: view.getUint16(SOCKADDR_PORT_AT), scopeId };
}

/** AF_UNIX, then a path with its final NUL, or an abstract name, whose `@` stands for a NUL (unix(7)). */
export function localSockaddr(name: string): Octets {
  const isAbstract = name.startsWith('@');
  const text = isAbstract ? `\0${name.slice(1)}` : `${name}\0`;
  return Buffer.concat([Uint8Array.of(1, 0), Buffer.from(text)]);
}
