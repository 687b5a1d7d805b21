import type { Socket } from 'node:net';

/**
 * The file descriptor of an open socket. Node has it, though without a name that it vouches for:
 * undefined where it is not found.
 */
export function descriptorOf(socket: Socket): number | undefined {
  const handle = (socket as { readonly _handle?: { readonly fd?: unknown } | null })._handle;
  const descriptor = handle?.fd;
  return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : undefined;
}
