import { type IpAddress, ipAddress } from '../dns/index.ts';
import type { Agent, ClusterState } from '../mesos/index.ts';

/**
 * The addresses of a host in a pid: itself when it is an address, else what its name is known to
 * have.
 */
export function hostAddresses(host: string, state: ClusterState): readonly IpAddress[] {
  const own = ipAddress(host);
  return own ? [own] : distinctAddresses(state.hostAddresses.get(host) ?? []);
}

/** An agent's addresses: those of its pid, or of its host name when it has none. */
export function agentAddresses(agent: Agent, state: ClusterState): readonly IpAddress[] {
  return hostAddresses(agent.pid?.host ?? agent.hostname, state);
}

/** The valid addresses among `texts`, each once, in their order. */
export function distinctAddresses(texts: readonly string[]): readonly IpAddress[] {
  if (texts.length === 1) {
    const only = ipAddress(texts[0]);
    return only ? [only] : [];
  }
  const found = new Map<string, IpAddress>();
  for (const text of texts) {
    const address = ipAddress(text);
    if (address) found.set(address.text, address);
  }
  return [...found.values()];
}
