import { type Config, namingOptions } from '../config/index.ts';
import type { ClusterUpdate, FrameworkId } from '../mesos/index.ts';
import type { Cancel, Clock } from '../runtime/index.ts';

/** When each inactive framework was first seen so, by the monotonic clock. */
export type InactiveSince = ReadonlyMap<FrameworkId, number>;

/** What is needed to tell who has been away for too long. */
export interface DormantOptions {
  readonly graceMs: number;
  /** What was known before. */
  readonly since: InactiveSince;
  readonly clock: Clock;
  /** Told of frameworks whose time has run out just now. */
  readonly onDormant: (ids: ReadonlySet<FrameworkId>) => void;
}

/**
 * Frameworks whose scheduler has been away for longer than it may be. A fail-over of the scheduler is
 * shorter, and takes no name away.
 */
export class DormantFrameworks {
  readonly #options: DormantOptions;
  readonly #since: Map<FrameworkId, number>;
  readonly #ids = new Set<FrameworkId>();
  #cancel: Cancel = () => {};

  constructor(options: DormantOptions) {
    this.#options = options;
    this.#since = new Map(options.since);
  }

  /** Those that are dormant now; changes as time goes by. */
  get ids(): ReadonlySet<FrameworkId> {
    return this.#ids;
  }

  get since(): InactiveSince {
    return this.#since;
  }

  /** To be shown each update before records are made of it. */
  look({ state, touched }: ClusterUpdate): void {
    const nowMs = this.#options.clock.monotonic();
    const ids =
      touched === 'all' ? [...this.#since.keys(), ...state.frameworks.keys()] : touched.frameworks;
    for (const id of ids) {
      if (state.frameworks.get(id)?.isActive === false) this.#note(id, nowMs);
      else this.#forget(id);
    }
    this.#wait();
  }

  close(): void {
    this.#cancel();
  }

  #note(id: FrameworkId, nowMs: number): void {
    const sinceMs = this.#since.get(id) ?? nowMs;
    this.#since.set(id, sinceMs);
    if (nowMs >= sinceMs + this.#options.graceMs) this.#ids.add(id);
  }

  #forget(id: FrameworkId): void {
    this.#since.delete(id);
    this.#ids.delete(id);
  }

  /** Until the time of the next one has run out. */
  #wait(): void {
    const { clock, graceMs } = this.#options;
    this.#cancel();
    this.#cancel = () => {};
    const awake = [...this.#since].filter(([id]) => !this.#ids.has(id));
    if (awake.length === 0) return;
    const firstMs = awake.reduce(
      (least, [, sinceMs]) => Math.min(least, sinceMs),
      Number.POSITIVE_INFINITY,
    );
    const nextMs = firstMs + graceMs;
    this.#cancel = clock.after(Math.max(0, nextMs - clock.monotonic()), () => this.#expire());
  }

  #expire(): void {
    const { clock, graceMs, onDormant } = this.#options;
    const nowMs = clock.monotonic();
    const due = [...this.#since].filter(([id, sinceMs]) => {
      return !this.#ids.has(id) && nowMs >= sinceMs + graceMs;
    });
    const ids = new Set(due.map(([id]) => id));
    for (const id of ids) this.#ids.add(id);
    if (ids.size > 0) onDormant(ids);
    this.#wait();
  }
}

/** Undefined where nobody's scheduler can be away for too long. */
export function dormantFrameworks(
  { publishInactiveSeconds }: Config,
  options: Omit<DormantOptions, 'graceMs'>,
): DormantFrameworks | undefined {
  if (publishInactiveSeconds === 0) return undefined;
  return new DormantFrameworks({ graceMs: publishInactiveSeconds * 1000, ...options });
}

/** What decides about names while the cluster is followed. */
export function namingWith(config: Config, dormant: DormantFrameworks | undefined) {
  const naming = namingOptions(config);
  if (!naming.publish || !dormant) return naming;
  return { ...naming, publish: { ...naming.publish, dormant: dormant.ids } };
}
