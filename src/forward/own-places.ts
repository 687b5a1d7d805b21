import { networkInterfaces } from 'node:os';
import { ipAddress } from '../dns/index.ts';
import type { UpstreamAddress } from './upstream-address.ts';

/**
 * Says whether an upstream is where we listen ourselves. `ownPlaces` are `10.0.0.1:53` or
 * `[::1]:53`; at a wildcard (`0.0.0.0:53`, `[::]:53`) that is every address of the machine.
 */
export function isOwnPlace(
  { address, port }: Pick<UpstreamAddress, 'address' | 'port'>,
  ownPlaces: readonly string[],
  machineAddresses: ReadonlySet<string>,
): boolean {
  const isIpv6 = address.includes(':');
  const place = (host: string) => (isIpv6 ? `[${host}]:${port}` : `${host}:${port}`);
  if (ownPlaces.includes(place(address))) return true;
  if (!ownPlaces.includes(place(isIpv6 ? '::' : '0.0.0.0'))) return false;
  return address === '::1' || /^(127|0)\./.test(address) || machineAddresses.has(address);
}

/** The addresses of this machine's interfaces now, as canonical texts. */
export function machineAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap(list => list ?? []);
  return new Set(all.flatMap(({ address }) => ipAddress(address.split('%')[0])?.text ?? []));
}
