import type { RunningTask, SimulatedCluster } from '../../src/simulator/index.ts';
import type { SimulatedProduct } from './simulated-product.ts';

/** An answer that let a living service down. */
export interface Lapse {
  readonly atMs: number;
  readonly name: string;
  readonly what: string;
}

/** So long a task must have been known until it is owed: masters and streams have their delays. */
const KNOWN_MS = 2_000;

/**
 * Looks whether what runs is found. A task is owed its record from when the product has known it for
 * a moment until it ends or its agent is cut off, whatever the masters say meanwhile.
 */
export class OwedTasks {
  readonly lapses: Lapse[] = [];
  /** How many queries were asked. */
  asked = 0;
  readonly #cluster: SimulatedCluster;
  readonly #nowMs: () => number;
  /** Since when each was known, by id. */
  readonly #knownMs = new Map<string, number>();

  constructor(cluster: SimulatedCluster, nowMs: () => number) {
    this.#cluster = cluster;
    this.#nowMs = nowMs;
  }

  /** Notes what is known now, once a version is whole. */
  note({ state }: SimulatedProduct): void {
    const shown = [...(state?.tasks.values() ?? [])].filter(task => task.state === 'TASK_RUNNING');
    const known = new Set(shown.map(({ id }) => id));
    const running = new Set(this.#cluster.running.map(({ id }) => id));
    for (const id of this.#knownMs.keys()) if (!running.has(id)) this.#knownMs.delete(id);
    for (const id of running) {
      if (known.has(id) && !this.#knownMs.has(id)) this.#knownMs.set(id, this.#nowMs());
    }
  }

  /** Asks for every service of which a task is owed. */
  look(product: SimulatedProduct): void {
    const nowMs = this.#nowMs();
    const owed = this.#cluster.running.filter(
      ({ id }) => (this.#knownMs.get(id) ?? Infinity) + KNOWN_MS <= nowMs,
    );
    for (const [name, tasks] of Map.groupBy(owed, serviceName)) {
      this.asked++;
      const { rcode, addresses } = product.ask(name);
      const missing = tasks.filter(task => !addresses.includes(task.containerAddress));
      const what = rcode === 'NOERROR' ? `${missing.length} of ${tasks.length} missing` : rcode;
      if (missing.length > 0) this.lapses.push({ atMs: nowMs, name, what });
    }
  }
}

/** Dots in a task's name become hyphens in its label. */
export function serviceName({ name, framework }: RunningTask): string {
  return `${name.replaceAll('.', '-')}.${framework}.mesos`;
}
