import type { DomainName } from '../dns/index.ts';
import type { NamingRules } from './rules.ts';

/** Below the domain, whether they have records now or not. */
const FIXED = /^(?:leader|master\d*|slave|_leader\._tcp|_leader\._udp|_slave\._tcp)$/;

/**
 * Says whether a name is one of those that stand for the cluster itself, or for a server of the zone:
 * nothing else is ever put there.
 */
export function isReserved(owner: DomainName, rules: NamingRules): boolean {
  const { domain, nameServer, secondaries = [] } = rules;
  if (owner === nameServer || secondaries.some(({ name }) => name === owner)) return true;
  return owner.endsWith(`.${domain}`) && FIXED.test(owner.slice(0, -domain.length - 1));
}
