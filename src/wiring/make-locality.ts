import { ClientSubnet, type ClientView, inNetworks } from '../dns/index.ts';
import { type Locality, PlaceTable } from '../zone/index.ts';
import type { LocalityThreadOptions } from './answer-messages.ts';

/**
 * What an answer thread knows of where clients and instances are; undefined where it does not matter.
 * Reverse zones need none: an address has one name. `seed` is for the table's hashes.
 */
export function makeLocality(
  options: LocalityThreadOptions | undefined,
  client: ClientView,
  seed: number,
): Locality | undefined {
  if (!options) return undefined;
  const { isFilter, networks, forwarders } = options;
  const subnet =
    forwarders.length > 0 ? new ClientSubnet(client, inNetworks(forwarders)) : undefined;
  return { places: new PlaceTable(networks, seed), isFilter, subnet };
}
