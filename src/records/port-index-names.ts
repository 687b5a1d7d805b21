import type { ResourceRecord } from '../dns/index.ts';
import type { Task } from '../mesos/index.ts';
import { addService, type Rank } from './made-records.ts';
import type { NamingRules } from './rules.ts';
import type { TaskNames } from './task-names.ts';
import { isPort } from './task-ports.ts';

/** A port of a task, where it leads, and over what; both TCP and UDP where nothing says so. */
interface Place {
  readonly port: number;
  readonly target: TaskNames['own'];
  readonly protocol: string;
}

/**
 * Ports by their place, counted from 0, for schedulers that do not name them:
 * `_port0._web._tcp.fw.domain.`. Discovery ports are counted where there are any, else host ports,
 * whose protocol is that of the port mapping.
 */
export function portIndexRecords(
  task: Task,
  names: TaskNames,
  rules: NamingRules,
  rank: Rank,
): readonly ResourceRecord[] {
  const records: ResourceRecord[] = [];
  for (const [index, { port, target, protocol }] of places(task, names).entries()) {
    if (!isPort(port)) continue;
    const label = rules.label(protocol);
    const plain = names.service.port(label, '');
    for (const owner of names.service.port(label, `port${index}`)) {
      if (!plain.includes(owner)) addService(records, owner, rank, port, target);
    }
  }
  return records;
}

function places(task: Task, { own, onAgent }: TaskNames): readonly Place[] {
  const { hostPorts, discovery, portMappings } = task;
  if (discovery) {
    return discovery.ports.map(({ number, protocol = '', scope }) => ({
      port: number,
      target: scope === 'host' ? onAgent : own,
      protocol,
    }));
  }
  return hostPorts.map(port => ({
    port,
    target: onAgent,
    protocol: portMappings.find(({ hostPort }) => hostPort === port)?.protocol ?? '',
  }));
}
