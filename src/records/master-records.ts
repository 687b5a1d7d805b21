import { type IpAddress, ipAddress, type ResourceRecord } from '../dns/index.ts';
import type { ClusterState, HostPort } from '../mesos/index.ts';
import { hostAddresses } from './host-addresses.ts';
import { addAddresses, addService, type MadeRecords, type RecordFault } from './made-records.ts';
import type { NamingRules } from './rules.ts';
import { addInstances } from './service-discovery.ts';

/**
 * The records of the masters: `leader`, `master` (all of them), `masterN`, and the leader's port at
 * `_leader._tcp` and `_leader._udp`, each below the domain.
 */
export function masterRecords(state: ClusterState, rules: NamingRules): MadeRecords {
  const { leader } = state;
  const numbered = numberMasters(state);
  const name = (text: string) => rules.nameBelow(text);
  const records: ResourceRecord[] = [];
  addAddresses(records, name('leader'), hostAddresses(leader.host, state));
  addAddresses(records, name('master'), distinct(numbered.flat()));
  addService(records, name('_leader._tcp'), rules.rank, leader.port, name('leader'));
  addService(records, name('_leader._udp'), rules.rank, leader.port, name('leader'));
  addInstances(records, [name('_leader._tcp'), name('_leader._udp')], 'leader', rules);
  for (const [index, addresses] of numbered.entries()) {
    addAddresses(records, name(`master${index}`), addresses);
  }
  const faults = numbered.flatMap((addresses, index): RecordFault[] =>
    addresses.length > 0 ? [] : [{ cause: 'no-address', what: `master${index}` }],
  );
  return { records, faults };
}

/**
 * The addresses of `master0`, `master1`, …: the list's order, doubles left out. The leader has its
 * place where the list holds it by host and port; where it does not it comes last, and an entry with
 * its address but another port is a double. A host without a known address keeps its number.
 */
function numberMasters(state: ClusterState): readonly (readonly IpAddress[])[] {
  const { leader, masters } = state;
  const leaderAddresses = hostAddresses(leader.host, state);
  const taken = new Set(leaderAddresses.map(({ text }) => text));
  const numbered: (readonly IpAddress[])[] = [];
  let hasLeader = false;
  for (const master of masters) {
    if (isSame(master, leader)) {
      if (!hasLeader) numbered.push(leaderAddresses);
      hasLeader = true;
      continue;
    }
    const addresses = hostAddresses(master.host, state);
    const isDouble = addresses.length > 0 && addresses.every(({ text }) => taken.has(text));
    if (isDouble) continue;
    for (const { text } of addresses) taken.add(text);
    numbered.push(addresses);
  }
  return hasLeader ? numbered : [...numbered, leaderAddresses];
}

function isSame(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && canonicalHost(a.host) === canonicalHost(b.host);
}

function canonicalHost(host: string): string {
  return ipAddress(host)?.text ?? host.toLowerCase();
}

function distinct(addresses: readonly IpAddress[]): readonly IpAddress[] {
  return [...new Map(addresses.map(address => [address.text, address])).values()];
}
