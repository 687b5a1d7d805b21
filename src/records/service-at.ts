import type { DomainName, IpAddress, ResourceRecord } from '../dns/index.ts';
import type { Task } from '../mesos/index.ts';
import { addAddresses, type Rank } from './made-records.ts';
import { publishedName } from './published-name.ts';
import type { NamingRules } from './rules.ts';
import { type ServiceNames, serviceNames } from './service-names.ts';
import type { TaskNames } from './task-names.ts';
import { addDiscoveryPorts, addHostPorts } from './task-ports.ts';

/**
 * What a task has at its service's name, at another one: its addresses at `web.shop.mesos.`, its ports
 * at `_web._tcp.shop.mesos.` and `_port._web._tcp.shop.mesos.`; they lead to the task's own names.
 */
export function recordsAt(
  name: DomainName,
  task: Task,
  own: TaskNames,
  addresses: readonly IpAddress[],
  rules: NamingRules,
  rank: Rank,
): readonly ResourceRecord[] {
  const names = { ...own, service: serviceAt(name) };
  const records: ResourceRecord[] = [];
  addAddresses(records, name, addresses);
  addHostPorts(records, task, names, rank);
  addDiscoveryPorts(records, task.discovery?.ports ?? [], names, rules, rank);
  return records;
}

/** The names of a service whose own is `name`; none of them below `slave`. */
function serviceAt(name: DomainName): ServiceNames {
  const dot = name.indexOf('.');
  const names = serviceNames(name.slice(0, dot), name.slice(dot + 1, -1), publishedName);
  return { ...names, onAgent: undefined, bothOnAgent: [] };
}
