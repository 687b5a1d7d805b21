import { type DomainName, ipAddress, type ResourceRecord } from '../dns/index.ts';
import type { Agent, ClusterState } from '../mesos/index.ts';
import type { Wants } from './addition.ts';
import { agentAddresses } from './host-addresses.ts';
import { fragment } from './label.ts';
import { addAddresses } from './made-records.ts';
import type { NamingRules } from './rules.ts';

/**
 * The names of one agent: `ID.agent.domain.` by its id, and `HOST.agent.domain.` by its host name, dots
 * and all, unless that is an address. RFC 952 would make many ids one.
 */
export function agentNames(
  { id, hostname }: Pick<Agent, 'id' | 'hostname'>,
  rules: NamingRules,
): readonly DomainName[] {
  const texts = ipAddress(hostname) ? [id] : [id, hostname];
  const names = texts.flatMap(text => rules.nameBelow(`${fragment(text)}.agent`) ?? []);
  return [...new Set(names)];
}

/** The addresses of an agent at its own names. */
export function agentAdditions(agent: Agent, state: ClusterState, rules: NamingRules): Wants {
  const addresses = agentAddresses(agent, state);
  const additions = agentNames(agent, rules).flatMap(name => {
    const records: ResourceRecord[] = [];
    addAddresses(records, name, addresses);
    return records.map(record => ({ rule: 'agent' as const, name, record }));
  });
  return { additions, faults: [] };
}
