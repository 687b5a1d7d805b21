import type { ResourceRecord } from '../dns/index.ts';
import type { Task } from '../mesos/index.ts';
import { addService, type Rank } from './made-records.ts';
import { withToldPorts } from './publish-rules.ts';
import type { NamingRules } from './rules.ts';
import type { TaskNames } from './task-names.ts';
import { isPort } from './task-ports.ts';

/** A port of a task, where it leads, and over what; both TCP and UDP where nothing says so. */
interface Place {
  readonly port: number;
  readonly target: TaskNames['own'];
  readonly protocol: string;
  /** One that is not told of keeps its number. */
  readonly isTold: boolean;
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
  for (const [index, place] of places(task, names, rules).entries()) {
    const { port, target, protocol, isTold } = place;
    if (!isTold || !isPort(port)) continue;
    const label = rules.label(protocol);
    const plain = names.service.port(label, '');
    for (const owner of names.service.port(label, `port${index}`)) {
      if (!plain.includes(owner)) addService(records, owner, rank, port, target);
    }
  }
  return records;
}

function places(task: Task, { own, onAgent }: TaskNames, rules: NamingRules): readonly Place[] {
  const { hostPorts, discovery, portMappings } = task;
  if (discovery) {
    const told = new Set(withToldPorts(task, rules.publish).discovery?.ports);
    return discovery.ports.map(port => ({
      port: port.number,
      target: port.scope === 'host' ? onAgent : own,
      protocol: port.protocol ?? '',
      isTold: told.has(port),
    }));
  }
  return hostPorts.map(port => ({
    port,
    target: onAgent,
    protocol: portMappings.find(({ hostPort }) => hostPort === port)?.protocol ?? '',
    isTold: true,
  }));
}
