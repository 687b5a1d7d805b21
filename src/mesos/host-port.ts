import { isIPv6 } from 'node:net';
import type { HostPort } from './cluster-state.ts';

/**
 * Reads `host:port` as configs, pids and redirects write it; IPv6 addresses stand in brackets, also
 * here without them in the result. A text without a port gets `defaultPort`.
 *
 * @returns Undefined when it is neither.
 */
export function parseHostPort(text: string, defaultPort?: number): HostPort | undefined {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@[\]]+))(?::(\d{1,5}))?$/.exec(text.trim());
  if (!parts) return undefined;
  const [, bracketed, plain, digits] = parts;
  if (bracketed !== undefined && !isIPv6(bracketed)) return undefined;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (port === undefined || port > 65_535) return undefined;
  return { host: (bracketed ?? plain).toLowerCase(), port };
}

/** Reads the address part of a libprocess pid: `master@10.0.0.1:5050`, split at its last `@`. */
export function parsePid(pid: string): HostPort | undefined {
  const at = pid.lastIndexOf('@');
  return at < 0 ? undefined : parseHostPort(pid.slice(at + 1));
}

/** The text that `parseHostPort` reads, `10.0.0.1:53` or `[::1]:53`. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Says whether both are the same place, or both missing. Host names are compared as texts. */
export function isSameHostPort(one: HostPort | undefined, other: HostPort | undefined): boolean {
  return one?.host === other?.host && one?.port === other?.port;
}
