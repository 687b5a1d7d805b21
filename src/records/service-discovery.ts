import {
  type DomainName,
  domainName,
  fitsOneString,
  type ResourceRecord,
  recordValue,
  rrsetKey,
  type ServiceRecord,
} from '../dns/index.ts';
import type { Task } from '../mesos/index.ts';
import { publishedName } from './published-name.ts';
import type { NamingRules } from './rules.ts';

/** What a TXT record may hold and still go with others into a response (RFC 6763 section 6.2). */
const MOST_TEXT_OCTETS = 1300;
/** A TXT record without anything to say holds one empty string (RFC 6763 section 6.1). */
const NO_TEXT: readonly string[] = [''];
/** Where clients look for domains to browse (RFC 6763 section 11). */
const BROWSED_BY = ['b._dns-sd._udp', 'lb._dns-sd._udp'];

/**
 * Adds what DNS-SD (RFC 6763) needs to browse a source's SRV records at `services`: beside them
 * (`_web._tcp.marathon.mesos.`) a PTR record to an instance, there the SRV record once more and a TXT
 * record, and PTR records to the service and to its domain. The SRV records stay as they are.
 *
 * @param instance The first label of the instance; the port follows where there is more than one.
 */
export function addInstances(
  records: ResourceRecord[],
  services: readonly (DomainName | undefined)[],
  instance: string,
  rules: NamingRules,
  strings: readonly string[] = NO_TEXT,
): void {
  if (!rules.serviceDiscovery) return;
  for (const service of new Set(services)) {
    const ports = records.filter((record): record is ServiceRecord => {
      return record.type === 'SRV' && record.owner === service;
    });
    const targets = [...new Map(ports.map(port => [`${port.port} ${port.target}`, port])).values()];
    if (service === undefined || targets.length === 0) continue;
    const instances = targets.flatMap(target => {
      const label = targets.length === 1 ? instance : `${instance}-${target.port}`;
      return instanceRecords(target, publishedName(`${label}.${service}`), strings);
    });
    if (instances.length > 0) addNew(records, [...instances, ...browsing(service, rules)]);
  }
}

/** Two services of one source are in one domain. */
function addNew(records: ResourceRecord[], more: readonly ResourceRecord[]): void {
  const key = (record: ResourceRecord) => `${rrsetKey(record)} ${recordValue(record)}`;
  const known = new Set(records.map(key));
  // A task may have more ports than a function may have arguments.
  for (const record of more) if (!known.has(key(record))) records.push(record);
}

function instanceRecords(
  target: ServiceRecord,
  owner: DomainName | undefined,
  strings: readonly string[],
): readonly ResourceRecord[] {
  if (owner === undefined) return [];
  return [
    { type: 'PTR', owner: target.owner, target: owner },
    { ...target, owner },
    { type: 'TXT', owner, strings },
  ];
}

/** Where the service is found, and its domain (RFC 6763 sections 9 and 11). */
function browsing(service: DomainName, rules: NamingRules): readonly ResourceRecord[] {
  // Behind the service's and the protocol's labels, in which there is no dot.
  const domain = domainName(service.split('.').slice(2).join('.'));
  const list = domain && domainName(`_services._dns-sd._udp.${domain}`);
  if (!domain || !list) return [];
  const browsers = BROWSED_BY.flatMap(text => rules.nameBelow(text) ?? []);
  return [
    { type: 'PTR', owner: list, target: service },
    ...browsers.map(owner => ({ type: 'PTR' as const, owner, target: domain })),
  ];
}

/**
 * The labels of a task that are told of, `key=value` each (RFC 6763 section 6.4), in the order of the
 * config. One that is too long, or not ASCII before the equals sign, is left out.
 */
export function taskStrings({ labels }: Task, keys: readonly string[] = []): readonly string[] {
  const strings: string[] = [];
  let octets = 0;
  for (const key of keys) {
    const label = labels.find(one => one.key === key);
    if (!label || !/^[ -<>-~]+$/.test(key)) continue;
    const text = `${key}=${label.value}`;
    const more = 1 + Buffer.byteLength(text);
    if (!fitsOneString(text) || octets + more > MOST_TEXT_OCTETS) continue;
    octets += more;
    strings.push(text);
  }
  return strings.length > 0 ? strings : NO_TEXT;
}
