import type { HostPort } from './cluster-state.ts';
import type { HostNames } from './host-names.ts';
import { isSameHostPort } from './host-port.ts';
import type { MasterDirectory } from './master-client.ts';

/** What the HTTP client may know of the masters: `masters` gives those known now. */
export function masterDirectory(
  names: HostNames,
  configured: readonly HostPort[],
  masters: () => readonly HostPort[],
): MasterDirectory {
  const placesOf = async ({ host, port }: HostPort): Promise<readonly HostPort[]> => {
    const addresses = await names.resolve(host);
    return [{ host, port }, ...addresses.map(address => ({ host: address, port }))];
  };
  return {
    resolve: names.resolve,
    namesOf: address => {
      const known = names.known();
      return configured.map(({ host }) => host).filter(host => known.get(host)?.includes(address));
    },
    isMaster: async place => {
      if (masters().some(one => isSameHostPort(one, place))) return true;
      const ours = (await Promise.all(masters().map(placesOf))).flat();
      return (await placesOf(place)).some(one => ours.some(own => isSameHostPort(own, one)));
    },
  };
}
