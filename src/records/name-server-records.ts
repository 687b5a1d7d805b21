import { type IpAddress, ipAddress, isAtOrBelow, type ResourceRecord } from '../dns/index.ts';
import { distinctAddresses } from './host-addresses.ts';
import { addAddresses } from './made-records.ts';
import type { NamingOptions } from './rules.ts';

/** What of the config decides about the records of name servers. */
export type NameServers = Pick<NamingOptions, 'domain' | 'nameServer' | 'secondaries'>;

/**
 * The addresses of `SOAMname`, whose NS record is the zone's own business, and the NS records of the
 * secondaries with their addresses. A name outside our zone has its addresses elsewhere.
 */
export function nameServerRecords(
  addresses: readonly IpAddress[],
  { domain, nameServer, secondaries = [] }: NameServers,
): readonly ResourceRecord[] {
  const records: ResourceRecord[] = [];
  if (isAtOrBelow(nameServer, domain)) addAddresses(records, nameServer, addresses);
  for (const [name, servers] of Map.groupBy(secondaries, server => server.name)) {
    if (name === undefined) continue;
    records.push({ type: 'NS', owner: domain, target: name });
    const hosts = servers.map(({ address }) => address.host);
    if (isAtOrBelow(name, domain)) addAddresses(records, name, distinctAddresses(hosts));
  }
  return records;
}

/**
 * The addresses at which clients reach us: the listeners themselves; for `0.0.0.0` and `::` every
 * address of `interfaces` of that family but loopback and link-local ones, which mean nothing to
 * another machine.
 */
export function reachableAddresses(
  listeners: readonly string[],
  interfaces: readonly string[],
): readonly IpAddress[] {
  const reachable = interfaces.filter(text => !LOCAL_ONLY.test(ipAddress(text)?.text ?? ''));
  const texts = listeners.flatMap(listener => {
    const address = ipAddress(listener);
    if (address?.text !== '0.0.0.0' && address?.text !== '::') return [listener];
    return reachable.filter(text => ipAddress(text)?.family === address.family);
  });
  return distinctAddresses(texts);
}

/** 127.0.0.0/8, ::1, 169.254.0.0/16 and fe80::/10; addresses with a zone suffix are none to us. */
const LOCAL_ONLY = /^(?:127\.|169\.254\.|::1$|fe[89ab].:)/;
