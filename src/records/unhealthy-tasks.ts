import type { DomainName } from '../dns/index.ts';
import type { ClusterState, Task, TaskKey } from '../mesos/index.ts';
import type { NamingRules } from './rules.ts';
import { isCounted } from './task-records.ts';

/** The tasks of one service, and how many of them fail their health check. */
interface Service {
  readonly isFailing: Map<TaskKey, boolean>;
  failing: number;
}

/**
 * Which tasks are left out of the names they share with others, since their health check fails. A
 * service of which every task fails keeps them all: no answer would be worse. A task without a check,
 * or without a result yet, counts as healthy.
 */
export class UnhealthyTasks {
  readonly #rules: NamingRules;
  readonly #services = new Map<DomainName, Service>();
  readonly #serviceOf = new Map<TaskKey, DomainName>();

  constructor(rules: NamingRules) {
    this.#rules = rules;
  }

  /** Looks at these tasks anew; gives them, and those whose names follow from what they are now. */
  update(touched: ReadonlySet<TaskKey>, state: ClusterState): ReadonlySet<TaskKey> {
    if (!this.#rules.leaveOutUnhealthy) return touched;
    const before = new Map<DomainName, boolean>();
    for (const key of touched) {
      this.#forget(key, before);
      const task = state.tasks.get(key);
      if (task) this.#note(task, state, before);
    }
    const followers = [...before].flatMap(([name, wasHopeless]) => {
      const service = this.#services.get(name);
      return service && isHopeless(service) !== wasHopeless ? failingOf(service) : [];
    });
    return followers.length > 0 ? new Set([...touched, ...followers]) : touched;
  }

  /** Whether the task fails, and another one of its service does not. */
  isLeftOut(key: TaskKey): boolean {
    const service = this.#services.get(this.#serviceOf.get(key)!);
    return service !== undefined && service.isFailing.get(key) === true && !isHopeless(service);
  }

  #forget(key: TaskKey, before: Map<DomainName, boolean>): void {
    const name = this.#serviceOf.get(key);
    const service = name && this.#services.get(name);
    if (!service) return;
    remember(before, name, service);
    if (service.isFailing.get(key)) service.failing--;
    service.isFailing.delete(key);
    this.#serviceOf.delete(key);
    if (service.isFailing.size === 0) this.#services.delete(name);
  }

  #note(task: Task, state: ClusterState, before: Map<DomainName, boolean>): void {
    const name = this.#nameOf(task, state);
    if (name === undefined) return;
    const service = this.#services.get(name) ?? { isFailing: new Map(), failing: 0 };
    remember(before, name, service);
    const isFailing = task.isHealthy === false;
    service.isFailing.set(task.key, isFailing);
    if (isFailing) service.failing++;
    this.#services.set(name, service);
    this.#serviceOf.set(task.key, name);
  }

  #nameOf(task: Task, state: ClusterState): DomainName | undefined {
    const framework = state.frameworks.get(task.frameworkId);
    if (!framework || !isCounted(task, state, this.#rules)) return undefined;
    const label = this.#rules.label(task.discovery?.name ?? task.name);
    return this.#rules.service(this.#rules.fragment(framework.name), label).own;
  }
}

/** Looks at the whole of a state, for who asks but once. */
export function unhealthyTasks(state: ClusterState, rules: NamingRules): UnhealthyTasks {
  const unhealthy = new UnhealthyTasks(rules);
  if (rules.leaveOutUnhealthy) unhealthy.update(new Set(state.tasks.keys()), state);
  return unhealthy;
}

function isHopeless({ isFailing, failing }: Service): boolean {
  return failing === isFailing.size;
}

function failingOf({ isFailing }: Service): TaskKey[] {
  return [...isFailing].filter(([, fails]) => fails).map(([key]) => key);
}

function remember(before: Map<DomainName, boolean>, name: DomainName, service: Service): void {
  if (!before.has(name)) before.set(name, isHopeless(service));
}
