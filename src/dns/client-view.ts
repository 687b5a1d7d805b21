import { addressOctets, ipAddress } from './address.ts';
import type { Client, ClientView } from './octets.ts';

/** A client that stands for none: for the start, before the first query. */
export function clientView(): ClientView {
  return { octets: new Uint8Array(16), at: 0, length: 4, isTcp: false, hasValidCookie: false };
}

/** Makes a view, which the hot path reads, show a client of the slow path. */
export function showClient(view: ClientView, client: Client): void {
  const address = ipAddress(client.address);
  view.octets = address ? addressOctets(address) : new Uint8Array(4);
  view.at = 0;
  view.length = address?.family === 6 ? 16 : 4;
  view.isTcp = client.transport === 'tcp';
}
