import type { DomainName } from '../dns/index.ts';
import type { Task } from '../mesos/index.ts';
import { isAskable, publishedName } from './published-name.ts';
import type { NamingRules } from './rules.ts';
import { agentTail, taskHash } from './task-hash.ts';

/**
 * The names of a task under one form of its name; undefined where a name cannot be published. A name
 * with several instances is `service`, the one instance alone is `instance` ("canonical" in
 * Mesos-DNS); each exists with the task's own addresses and, below `slave`, with its agent's.
 */
export interface TaskNames {
  readonly service: DomainName | undefined;
  readonly serviceOnAgent: DomainName | undefined;
  readonly instance: DomainName | undefined;
  readonly instanceOnAgent: DomainName | undefined;
  /** The owner of SRV records, `labels` being as in `_web._tcp`. */
  srv(labels: string): DomainName | undefined;
  srvOnAgent(labels: string): DomainName | undefined;
}

/**
 * The forms of the name under which a task is published, its label the last one. With discovery info
 * the name there counts, as a label and before that as it stands, if clients can ask for it so.
 */
export function nameForms(task: Task, rules: NamingRules): readonly string[] {
  if (!task.discovery) return [rules.label(task.name)];
  const raw = task.discovery.name;
  const clean = rules.label(raw);
  return raw === clean || !isAskable(raw) ? [clean] : [raw, clean];
}

/** The names of `task` under `form` in the framework whose labels are `framework`. */
export function taskNames(
  task: Task,
  form: string,
  framework: string,
  rules: NamingRules,
): TaskNames {
  const instance = `${form}-${taskHash(task.id)}-${agentTail(task.agentId)}.${framework}`;
  return {
    service: rules.nameBelow(`${form}.${framework}`),
    serviceOnAgent: rules.nameBelow(`${form}.${framework}.slave`),
    // Belong to this task alone: remembering them would push out the names that many share.
    instance: publishedName(`${instance}.${rules.domain}`),
    instanceOnAgent: publishedName(`${instance}.slave.${rules.domain}`),
    srv: labels => rules.nameBelow(`${labels}.${framework}`),
    srvOnAgent: labels => rules.nameBelow(`${labels}.${framework}.slave`),
  };
}
