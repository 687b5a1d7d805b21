import type { PortMapping, TaskDetails, TaskLabel } from './cluster-state.ts';
import {
  attempt,
  compact,
  FieldError,
  field,
  listField,
  optionalText,
  type Report,
  textField,
  wrappedList,
} from './json-fields.ts';

/** Nothing beyond what every task is asked for. */
export const NO_DETAILS: TaskDetails = { labels: new Set(), portMappings: false };

const NONE: readonly never[] = [];

/** The wanted labels of a task, then those of its discovery info, in their order. */
export function decodeLabels(
  task: unknown,
  { labels: wanted }: TaskDetails,
  report: Report,
): readonly TaskLabel[] {
  if (wanted.size === 0) return NONE;
  const found = [task, field(task, 'discovery')].flatMap(
    holder => attempt('label', holder, report, () => labelsOf(holder, wanted)) ?? [],
  );
  return compact(found);
}

function labelsOf(holder: unknown, wanted: ReadonlySet<string>): readonly TaskLabel[] {
  return wrappedList(holder, 'labels').flatMap(label => {
    const key = textField(label, 'key');
    return wanted.has(key) ? [{ key, value: textField(label, 'value') }] : [];
  });
}

/** Docker's port mappings, and those of the networks of a container of Mesos's own. */
export function decodePortMappings(
  task: unknown,
  { portMappings: isWanted }: TaskDetails,
  report: Report,
): readonly PortMapping[] {
  if (!isWanted) return NONE;
  const container = field(task, 'container');
  const mappings = attempt('port-mapping', container, report, () => {
    const networks = listField(container, 'network_infos');
    return [field(container, 'docker'), ...networks]
      .flatMap(holder => listField(holder, 'port_mappings'))
      .map(decodeMapping);
  });
  return compact(mappings ?? []);
}

function decodeMapping(mapping: unknown): PortMapping {
  const [hostPort, containerPort] = ['host_port', 'container_port'].map(name => {
    const port = field(mapping, name) ?? 0;
    if (typeof port !== 'number') throw new FieldError(`${name} is no number`);
    return port;
  });
  return { hostPort, containerPort, protocol: optionalText(mapping, 'protocol') };
}

/** `/state` tells a task's role beside it, v1 with each of the resources it was given for it. */
export function decodeRole(
  task: unknown,
  { roles: isWanted }: TaskDetails,
  report: Report,
): string | undefined {
  if (!isWanted) return undefined;
  return attempt('task', task, report, () => {
    const plain = optionalText(task, 'role');
    const resources = field(task, 'resources');
    if (plain !== undefined || !Array.isArray(resources)) return plain;
    return optionalText(field(resources[0], 'allocation_info'), 'role');
  });
}
