import type { Task } from '../mesos/index.ts';
import type { IpSource, NamingRules } from './rules.ts';
import { taskLabel } from './task-label.ts';

/** Where a container's own address may come from, the usual one first. */
const CONTAINER: readonly IpSource[] = ['netinfo', 'docker', 'mesos'];

/** What the label that `addressLabel` names may say, besides one of the sources. */
const CHOICES: Readonly<Record<string, readonly IpSource[]>> = {
  host: ['host'],
  netinfo: ['netinfo'],
  docker: ['docker'],
  mesos: ['mesos'],
  container: CONTAINER,
};

/** Where a task's addresses come from, and the label that does not say, if any. */
export interface TaskSources {
  readonly sources: readonly IpSource[];
  /** As `key=value`. */
  readonly unusable: readonly string[];
}

/** The sources by the label of a task, in order; those of the config where it has none. */
export function taskSources(task: Task, rules: NamingRules): TaskSources {
  const { addressLabel, ipSources } = rules;
  const text = taskLabel(task, addressLabel).toLowerCase();
  if (text === '') return { sources: ipSources, unusable: [] };
  const sources = text === 'auto' ? autoSources(task) : CHOICES[text];
  if (sources) return { sources, unusable: [] };
  return { sources: ipSources, unusable: [`${addressLabel}=${text}`] };
}

/** The agent's address alone. */
export const AGENT_SOURCES: readonly IpSource[] = ['host'];

/** The container's own address alone. */
export const CONTAINER_SOURCES = CONTAINER;

/**
 * The address at which a task can be reached: its agent's where ports of the agent lead to it, as on a
 * bridge; else its container's, and without one its agent's.
 */
export function autoSources({ portMappings, discovery }: Task): readonly IpSource[] {
  const isMapped =
    portMappings.some(({ hostPort }) => hostPort > 0) ||
    discovery?.ports.some(({ scope }) => scope === 'host');
  return isMapped ? AGENT_SOURCES : [...CONTAINER, 'host'];
}
