import type { ServiceRecord } from '../dns/index.ts';
import type { DiscoveryPort, Task } from '../mesos/index.ts';
import { serviceRecords } from './made-records.ts';
import type { NamingRules } from './rules.ts';
import type { TaskNames } from './task-names.ts';

const BOTH_PROTOCOLS = ['tcp', 'udp'];

/** The SRV records of a task under one form of its name; ports that 16 bits cannot hold are left out. */
export function portRecords(
  task: Task,
  form: string,
  names: TaskNames,
  rules: NamingRules,
): ServiceRecord[] {
  return [
    ...hostPortRecords(task, form, names, rules),
    ...discoveryPortRecords(task, form, names, rules),
  ];
}

/** The ports of a task that cannot be published. */
export function oddPorts(task: Task): readonly number[] {
  const discovered = task.discovery?.ports.map(({ number }) => number) ?? [];
  return [...task.hostPorts, ...discovered].filter(port => !isPort(port));
}

/**
 * Host ports belong to the agent's address: `_web._tcp.fw.slave.domain.` and the same for UDP; without
 * discovery info also `_web._tcp.fw.domain.`.
 */
function hostPortRecords(
  { hostPorts, discovery }: Task,
  form: string,
  names: TaskNames,
  { srvWeight }: NamingRules,
): ServiceRecord[] {
  if (hostPorts.length === 0) return [];
  const services = BOTH_PROTOCOLS.map(protocol => `_${form}._${protocol}`);
  const owners = services.flatMap(service =>
    discovery ? [names.srvOnAgent(service)] : [names.srvOnAgent(service), names.srv(service)],
  );
  return hostPorts
    .filter(isPort)
    .flatMap(port =>
      owners.flatMap(owner => serviceRecords(owner, srvWeight, port, names.instanceOnAgent)),
    );
}

/**
 * Discovery ports belong to the task's own address, but for those that the label
 * `network-scope=host` gives to the agent's.
 */
function discoveryPortRecords(
  { discovery }: Task,
  form: string,
  names: TaskNames,
  rules: NamingRules,
): ServiceRecord[] {
  const ports = discovery?.ports.filter(({ number }) => isPort(number)) ?? [];
  return ports.flatMap(port => {
    const target = port.scope === 'host' ? names.instanceOnAgent : names.instance;
    return services(port, form, rules).flatMap(service =>
      serviceRecords(names.srv(service), rules.srvWeight, port.number, target),
    );
  });
}

/** `_web._tcp`, and with a port name also `_http._web._tcp`; both protocols where none is given. */
function services(port: DiscoveryPort, form: string, rules: NamingRules): string[] {
  const protocol = rules.label(port.protocol ?? '');
  const portName = rules.label(port.name ?? '');
  return (protocol === '' ? BOTH_PROTOCOLS : [protocol]).flatMap(proto => {
    const service = `_${form}._${proto}`;
    return portName === '' ? [service] : [service, `_${portName}.${service}`];
  });
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 0xffff;
}
