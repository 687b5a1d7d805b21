import type { ResourceRecord } from '../dns/index.ts';
import type { DiscoveryPort, Task } from '../mesos/index.ts';
import { addService, type Rank } from './made-records.ts';
import type { NamingRules } from './rules.ts';
import type { TaskNames } from './task-names.ts';

/**
 * Adds the SRV records of host ports, which belong to the agent's address: at
 * `_web._tcp.fw.slave.domain.` and the same for UDP; without discovery info also at
 * `_web._tcp.fw.domain.`.
 */
export function addHostPorts(
  records: ResourceRecord[],
  { hostPorts, discovery }: Task,
  { service, onAgent }: TaskNames,
  rank: Rank,
): void {
  for (const port of hostPorts) {
    if (!isPort(port)) continue;
    for (const owner of service.bothOnAgent) addService(records, owner, rank, port, onAgent);
    if (discovery) continue;
    for (const owner of service.both) addService(records, owner, rank, port, onAgent);
  }
}

/**
 * Adds the SRV records of discovery ports, which belong to the task's own address, but for those that
 * the label `network-scope=host` gives to the agent's.
 */
export function addDiscoveryPorts(
  records: ResourceRecord[],
  ports: readonly DiscoveryPort[],
  { service, own, onAgent }: TaskNames,
  rules: NamingRules,
  rank: Rank,
): void {
  for (const { number, name, protocol, scope } of ports) {
    if (!isPort(number)) continue;
    const target = scope === 'host' ? onAgent : own;
    for (const owner of service.port(rules.label(protocol ?? ''), rules.label(name ?? ''))) {
      addService(records, owner, rank, number, target);
    }
  }
}

/** The ports of a task that 16 bits cannot hold. */
export function oddPorts({ hostPorts, discovery }: Task): readonly number[] {
  const discovered = discovery?.ports.map(({ number }) => number) ?? [];
  return [...hostPorts, ...discovered].filter(port => !isPort(port));
}

/** Says whether 16 bits hold a port. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 0xffff;
}
