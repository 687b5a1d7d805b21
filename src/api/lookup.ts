import { type DomainName, domainName, type RRset, type ServiceRecord } from '../dns/index.ts';
import type { Random } from '../runtime/index.ts';
import type { ReadableZone } from './sources.ts';

/** An element of `/v1/hosts/{host}`. */
export interface HostEntry {
  readonly host: string;
  readonly ip: string;
}

/** An element of `/v1/services/{service}`; the port is a text. */
export interface ServiceEntry {
  readonly service: string;
  readonly host: string;
  readonly ip: string;
  readonly port: string;
}

/** The addresses of a name, those of A before those of AAAA. */
export function hostEntries(zone: ReadableZone, parameter: string): readonly HostEntry[] {
  const host = askedName(parameter);
  if (host === undefined) return [];
  const end = aliasEnd(zone, host);
  const ips = [...addresses(zone, end, 'A'), ...addresses(zone, end, 'AAAA')];
  return ips.map(ip => ({ host, ip }));
}

/**
 * The SRV records of a name, each with one A and one AAAA address of its target, any one of several;
 * none for a target without addresses. `service` is told as it was asked.
 */
export function serviceEntries(
  zone: ReadableZone,
  service: string,
  random: Random,
): readonly ServiceEntry[] {
  const name = askedName(service);
  const records = name === undefined ? [] : rrset(zone, aliasEnd(zone, name), 'SRV');
  return records.filter(isService).flatMap(({ target, port }) => {
    const ips = (['A', 'AAAA'] as const).flatMap(type => {
      const all = addresses(zone, target, type);
      return all.length > 0 ? [all[random.below(all.length)]] : [];
    });
    return ips.map(ip => ({ service, host: target, ip, port: `${port}` }));
  });
}

/** As in queries every `.*` is deleted; undefined when no record can have such a name. */
function askedName(parameter: string): DomainName | undefined {
  return domainName(parameter.replaceAll('.*', ''));
}

/** The name that aliases lead to, as far as answers follow them. */
function aliasEnd(zone: ReadableZone, name: DomainName, most = 8): DomainName {
  const [alias] = rrset(zone, name, 'CNAME');
  return alias?.type === 'CNAME' && most > 0 ? aliasEnd(zone, alias.target, most - 1) : name;
}

function addresses(zone: ReadableZone, owner: DomainName, type: 'A' | 'AAAA'): readonly string[] {
  return rrset(zone, owner, type).flatMap(record => ('address' in record ? record.address : []));
}

function rrset(zone: ReadableZone, owner: DomainName, type: RRset['type']): RRset['records'] {
  return zone.at(owner).find(candidate => candidate.type === type)?.records ?? [];
}

function isService(record: RRset['records'][number]): record is ServiceRecord {
  return record.type === 'SRV';
}
