import { isIPv6 } from 'node:net';

/** An address or host name with its port, as `10.0.0.1:53` or `[::1]:53`. */
export function placeText({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
