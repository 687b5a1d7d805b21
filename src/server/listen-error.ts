import type { SocketAddress } from './socket-address.ts';
import type { Transport } from './system-calls.ts';

/**
 * Raised at start when an address cannot be listened at. `code` is the kernel's, `EADDRINUSE` or
 * so.
 */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: string;
  readonly transport: Transport;
  readonly address: string;
  readonly port: number;

  constructor(transport: Transport, at: SocketAddress, cause: unknown) {
    const code = errorCode(cause);
    const expected = EXPECTED[code] ?? 'a free address and port of this machine';
    const place = at.family === 6 ? `[${at.address}]:${at.port}` : `${at.address}:${at.port}`;
    super(`Cannot listen at ${place} by ${transport}: ${code}, expected ${expected}`, { cause });
    this.code = code;
    this.transport = transport;
    this.address = at.address;
    this.port = at.port;
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  EADDRINUSE: 'a port that no other program has (another DNS server, or this one twice?)',
  EACCES: 'the right to bind it: give the process CAP_NET_BIND_SERVICE, or a port from 1024 up',
  EADDRNOTAVAIL: 'an address of one of the interfaces of this machine',
  EAFNOSUPPORT: 'a kernel that speaks this address family',
};

/** The `code` of a Node or kernel error; the error's text for others. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
