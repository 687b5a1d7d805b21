import { networkInterfaces } from 'node:os';
import type { Config } from '../config/index.ts';
import type { IpAddress } from '../dns/index.ts';
import { reachableAddresses } from '../records/index.ts';

/** The addresses at which clients reach us, those of the name server's name. */
export function ownReach(config: Config): readonly IpAddress[] {
  const interfaces = Object.values(networkInterfaces()).flatMap(addresses => addresses ?? []);
  const listeners = config.listeners.map(({ host }) => host);
  return reachableAddresses(
    listeners,
    interfaces.map(({ address }) => address),
  );
}
