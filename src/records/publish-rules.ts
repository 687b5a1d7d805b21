import {
  type Framework,
  type FrameworkId,
  type Task,
  VISIBILITIES,
  type Visibility,
} from '../mesos/index.ts';
import { fitsPattern } from './pattern.ts';

/** Fits what has all of what it says; in each text `*` stands for any characters. */
export interface PublishRule {
  /** The framework, as it calls itself. */
  readonly framework?: string | undefined;
  /** The task's role; of a task that does not say one of its framework's. */
  readonly role?: string | undefined;
  /** A label of the task: its key and, unless any will do, its value. */
  readonly label?: { readonly key: string; readonly value?: string | undefined } | undefined;
}

/** Which frameworks and tasks get names. */
export interface PublishOptions {
  /** Those that one of these fits; all where there are none. */
  readonly include: readonly PublishRule[];
  /** But none of those that one of these fits. */
  readonly exclude: readonly PublishRule[];
  /** The narrowest that is told of; a task without discovery info is for the cluster. */
  readonly minVisibility: Visibility;
  /** Frameworks whose scheduler has been away for too long; changes as time goes by. */
  readonly dormant: ReadonlySet<FrameworkId>;
}

/** The kinds of reasons why something has no names. */
export const HIDE_CAUSES = ['include', 'exclude', 'visibility', 'inactive'] as const;
export type HideCause = (typeof HIDE_CAUSES)[number];

/** Why something has no names; the text is for people. */
export interface Hidden {
  readonly cause: HideCause;
  readonly text: string;
}

const DEFAULT_VISIBILITY: Visibility = 'CLUSTER';

/** Why a task has no names; undefined when no rule hides it. */
export function hiddenTask(
  task: Task,
  framework: Framework,
  publish: PublishOptions | undefined,
): Hidden | undefined {
  if (!publish) return undefined;
  return (
    ruledOut(publish, rule => fitsTask(rule, task, framework)) ??
    tooNarrow(task, publish) ??
    asleep(framework, publish)
  );
}

/** The same for the names of a scheduler. Rules about labels are for tasks. */
export function hiddenFramework(
  framework: Framework,
  publish: PublishOptions | undefined,
): Hidden | undefined {
  if (!publish) return undefined;
  const isFit = (rule: PublishRule) =>
    fitsName(rule, framework) && fitsSome(rule.role, rolesOf(framework));
  const { include, exclude } = publish;
  const rules = { include, exclude: exclude.filter(({ label }) => !label) };
  return ruledOut(rules, isFit) ?? asleep(framework, publish);
}

/** A task with those of its ports that are told of; a port may have a visibility of its own. */
export function withToldPorts(task: Task, publish: PublishOptions | undefined): Task {
  const { discovery } = task;
  if (!publish || !discovery) return task;
  const { visibility = DEFAULT_VISIBILITY } = discovery;
  const ports = discovery.ports.filter(port => isWide(port.visibility ?? visibility, publish));
  const hostPorts = isWide(visibility, publish) ? task.hostPorts : [];
  return { ...task, hostPorts, discovery: { ...discovery, ports } };
}

function ruledOut(
  { include, exclude }: Pick<PublishOptions, 'include' | 'exclude'>,
  isFit: (rule: PublishRule) => boolean,
): Hidden | undefined {
  const rule = exclude.find(isFit);
  if (rule) return { cause: 'exclude', text: `publishExclude has ${ruleText(rule)}` };
  if (include.length === 0 || include.some(isFit)) return undefined;
  return { cause: 'include', text: 'no rule of publishInclude fits it' };
}

/** A task is told of for the sake of a single port, too. */
function tooNarrow({ discovery }: Task, publish: PublishOptions): Hidden | undefined {
  const { visibility, ports = [] } = discovery ?? {};
  if (isWide(visibility, publish)) return undefined;
  if (ports.some(port => port.visibility && isWide(port.visibility, publish))) return undefined;
  const text = `its visibility ${visibility ?? DEFAULT_VISIBILITY} is below publishMinVisibility`;
  return { cause: 'visibility', text };
}

function asleep({ id }: Framework, { dormant }: PublishOptions): Hidden | undefined {
  if (!dormant.has(id)) return undefined;
  const text = 'its framework has been inactive for publishInactiveSeconds';
  return { cause: 'inactive', text };
}

function isWide(
  visibility: Visibility = DEFAULT_VISIBILITY,
  { minVisibility }: Pick<PublishOptions, 'minVisibility'>,
): boolean {
  return VISIBILITIES.indexOf(visibility) >= VISIBILITIES.indexOf(minVisibility);
}

function fitsTask(rule: PublishRule, task: Task, framework: Framework): boolean {
  const roles = task.role === undefined ? rolesOf(framework) : [task.role];
  return fitsName(rule, framework) && fitsSome(rule.role, roles) && fitsLabels(rule, task);
}

function fitsName({ framework: pattern }: PublishRule, { name }: Framework): boolean {
  return fitsSome(pattern, [name]);
}

function fitsSome(pattern: string | undefined, texts: readonly string[]): boolean {
  return pattern === undefined || texts.some(text => fitsPattern(text, pattern));
}

function fitsLabels({ label }: PublishRule, { labels }: Task): boolean {
  if (!label) return true;
  const values = labels.flatMap(({ key, value }) => (key === label.key ? value : []));
  return label.value === undefined ? values.length > 0 : fitsSome(label.value, values);
}

function rolesOf({ roles = ['*'] }: Framework): readonly string[] {
  return roles;
}

function ruleText({ framework, role, label }: PublishRule): string {
  const value = label?.value === undefined ? '' : `=${label.value}`;
  return [
    ...(framework === undefined ? [] : [`framework ${framework}`]),
    ...(role === undefined ? [] : [`role ${role}`]),
    ...(label ? [`label ${label.key}${value}`] : []),
  ].join(', ');
}
