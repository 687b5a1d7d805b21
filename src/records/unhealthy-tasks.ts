import type { DomainName } from '../dns/index.ts';
import type { ClusterState, Task, TaskKey } from '../mesos/index.ts';
import type { NamingRules } from './rules.ts';
import { isCounted } from './task-records.ts';

/** What the health check of a task says: the higher the better. */
const HEALTH = { failing: 0, unknown: 1, healthy: 2 } as const;
type Health = (typeof HEALTH)[keyof typeof HEALTH];

/** The tasks of one service, and how many there are of each health. */
interface Service {
  readonly health: Map<TaskKey, Health>;
  readonly counts: [failing: number, unknown: number, healthy: number];
}

/**
 * Which tasks are left out of the names they share with others, since their health check fails. A
 * service of which every task fails keeps them all: no answer would be worse. A task without a check,
 * or without a result yet, counts as healthy; with `leaveOutUnknown` only where no task of its service
 * is healthy.
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
    const before = new Map<DomainName, Health>();
    for (const key of touched) {
      this.#forget(key, before);
      const task = state.tasks.get(key);
      if (task) this.#note(task, state, before);
    }
    const followers = [...before].flatMap(([name, bestBefore]) => {
      const service = this.#services.get(name);
      return service && best(service) !== bestBefore ? notHealthyOf(service) : [];
    });
    return followers.length > 0 ? new Set([...touched, ...followers]) : touched;
  }

  /** Whether another task of its service is in better health. */
  isLeftOut(key: TaskKey): boolean {
    const service = this.#services.get(this.#serviceOf.get(key)!);
    const health = service?.health.get(key);
    return service !== undefined && health !== undefined && health < best(service);
  }

  #forget(key: TaskKey, before: Map<DomainName, Health>): void {
    const name = this.#serviceOf.get(key);
    const service = name && this.#services.get(name);
    if (!service) return;
    remember(before, name, service);
    const health = service.health.get(key);
    if (health !== undefined) service.counts[health]--;
    service.health.delete(key);
    this.#serviceOf.delete(key);
    if (service.health.size === 0) this.#services.delete(name);
  }

  #note(task: Task, state: ClusterState, before: Map<DomainName, Health>): void {
    const name = this.#nameOf(task, state);
    if (name === undefined) return;
    const service = this.#services.get(name) ?? { health: new Map(), counts: [0, 0, 0] };
    remember(before, name, service);
    const health = this.#healthOf(task);
    service.health.set(task.key, health);
    service.counts[health]++;
    this.#services.set(name, service);
    this.#serviceOf.set(task.key, name);
  }

  #healthOf({ isHealthy }: Task): Health {
    if (isHealthy === undefined && this.#rules.leaveOutUnknown) return HEALTH.unknown;
    return isHealthy === false ? HEALTH.failing : HEALTH.healthy;
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

/** The best health among the tasks of a service. */
function best({ counts: [, unknown, healthy] }: Service): Health {
  if (healthy > 0) return HEALTH.healthy;
  return unknown > 0 ? HEALTH.unknown : HEALTH.failing;
}

function notHealthyOf({ health }: Service): TaskKey[] {
  return [...health].filter(([, own]) => own !== HEALTH.healthy).map(([key]) => key);
}

function remember(before: Map<DomainName, Health>, name: DomainName, service: Service): void {
  if (!before.has(name)) before.set(name, best(service));
}
