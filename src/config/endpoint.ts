import { isIPv6 } from 'node:net';
import { ipAddress, type Network, network } from '../dns/index.ts';

/** Every parsed setting keeps `text`: its one normal spelling, fit to be shown (no secrets). */
export interface HostPort {
  /** An IP address without brackets, or a host name in lower case. */
  readonly host: string;
  /** 0 to 65535; 0 only where any free port will do. */
  readonly port: number;
  readonly text: string;
}

/** A recursive resolver. `serverName` is the name its TLS certificate must carry, where given. */
export interface Upstream {
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** Canonical text of an IP address. */
  readonly address: string;
  readonly port: number;
  readonly serverName: string | undefined;
  readonly text: string;
}

/** A network with its one normal spelling. */
export interface WrittenNetwork extends Network {
  readonly text: string;
}

/** IPv6 has fc00::/7, the range of local addresses. */
const LEAST_REVERSE_BITS = { 4: 8, 6: 7 } as const;

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*\.?$/;

/** `host:port`, `10.0.0.1:5050`, `[::1]:5050`; the port must be 1 to 65535. */
export function hostPort(text: string): HostPort | undefined {
  const parts = split(text);
  if (parts?.port === undefined || parts.port === 0) return undefined;
  const host = ipAddress(parts.host)?.text ?? hostName(parts.host);
  return host === undefined ? undefined : endpoint(host, parts.port);
}

/** An address with or without a port: `10.0.0.1`, `10.0.0.1:53`, `::1`, `[::1]:53`. No host names. */
export function addressPort(text: string, defaultPort: number): HostPort | undefined {
  const parts = split(text);
  const address = parts && ipAddress(parts.host)?.text;
  return address === undefined ? undefined : endpoint(address, parts?.port ?? defaultPort);
}

/** `IP`, `IP:port`, `udp://IP`, `tcp://IP:port`, `tls://IP:port#name`. Ports default to 53 and 853. */
export function upstream(text: string): Upstream | undefined {
  const parts = /^(?:(udp|tcp|tls):\/\/)?([^#]+)(?:#(.+))?$/.exec(text);
  if (!parts) return undefined;
  const transport = (parts[1] ?? 'udp') as Upstream['transport'];
  const serverName = parts[3] === undefined ? undefined : hostName(parts[3]);
  if (parts[3] !== undefined && (transport !== 'tls' || serverName === undefined)) return undefined;
  const target = addressPort(parts[2], transport === 'tls' ? 853 : 53);
  if (target === undefined || target.port === 0) return undefined;
  const scheme = transport === 'udp' ? '' : `${transport}://`;
  const name = serverName === undefined ? '' : `#${serverName}`;
  const shown = `${scheme}${target.text}${name}`;
  return { transport, address: target.host, port: target.port, serverName, text: shown };
}

/** A network: `10.0.0.0/8`, `2001:db8::/32`, or a single address. */
export function writtenNetwork(text: string): WrittenNetwork | undefined {
  const range = network(text);
  return range && { ...range, text: `${range.address.text}/${range.bits}` };
}

/** A network with reverse zones of its own: fewer bits would take much of the whole tree. */
export function reverseNetwork(text: string): WrittenNetwork | undefined {
  const range = writtenNetwork(text);
  return range && range.bits >= LEAST_REVERSE_BITS[range.address.family] ? range : undefined;
}

/** An address or host name with its port. */
export function endpoint(host: string, port: number): HostPort {
  return { host, port, text: isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}` };
}

/** Splits off a port; an IPv6 address with a port stands in brackets. */
function split(text: string): { host: string; port: number | undefined } | undefined {
  if (isIPv6(text)) return { host: text, port: undefined };
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text);
  if (!parts || (parts[1] !== undefined && !isIPv6(parts[1]))) return undefined;
  const port = parts[3] === undefined ? undefined : wholeNumber(parts[3], 65535);
  if (parts[3] !== undefined && port === undefined) return undefined;
  return { host: parts[1] ?? parts[2], port };
}

/** A host name in lower case; a text of digits and dots alone is a broken address, not a name. */
function hostName(text: string): string | undefined {
  const lower = text.toLowerCase();
  return HOST_NAME.test(lower) && !/^[\d.]+$/.test(lower) ? lower : undefined;
}

function wholeNumber(text: string, most: number): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= most ? Number(text) : undefined;
}
