import { networkInterfaces } from 'node:os';
import { type SocketAddress, socketAddress } from './socket-address.ts';

/** The addresses of the machine's interfaces, each with port 0. */
export type OwnAddresses = () => readonly SocketAddress[];

/** Those of the interfaces that are up now. */
export const ownAddresses: OwnAddresses = () =>
  Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .map(({ address, scopeid = 0 }) => socketAddress(address.split('%')[0], 0, scopeid))
    .filter(address => address !== undefined);
