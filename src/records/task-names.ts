import type { DomainName } from '../dns/index.ts';
import type { Task } from '../mesos/index.ts';
import { isAskable, publishedName } from './published-name.ts';
import type { NamingRules } from './rules.ts';
import type { ServiceNames } from './service-names.ts';
import { agentTail, taskHash } from './task-hash.ts';

/** The names of a task under one form of its name; undefined where a name cannot be published. */
export interface TaskNames {
  /** Those it shares with the other tasks of its name. */
  readonly service: ServiceNames;
  /** Those of this task alone ("canonical" in Mesos-DNS), `web-iffe9-s12.marathon.mesos.`. */
  readonly own: DomainName | undefined;
  readonly onAgent: DomainName | undefined;
}

/**
 * The names of a task in the framework whose labels are `framework`, one for each form, its label the
 * last one.
 */
export function taskNames(task: Task, framework: string, rules: NamingRules): TaskNames[] {
  const suffix = `-${taskHash(task.id)}-${agentTail(task.agentId)}.${framework}`;
  return nameForms(task, rules).map(form => ({
    service: rules.service(framework, form),
    own: publishedName(`${form}${suffix}.${rules.domain}`),
    onAgent: publishedName(`${form}${suffix}.slave.${rules.domain}`),
  }));
}

/**
 * The forms of a task's name. With discovery info the name there counts, as a label and before that as
 * it stands, if clients can ask for it so.
 */
export function nameForms(task: Task, rules: NamingRules): readonly string[] {
  if (!task.discovery) return [rules.label(task.name)];
  const raw = task.discovery.name;
  const clean = rules.label(raw);
  return raw === clean || !isAskable(raw) ? [clean] : [raw, clean];
}
