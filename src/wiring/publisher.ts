import type { Serial } from '../dns/index.ts';
import type {
  ClusterState,
  ClusterUpdate,
  FrameworkId,
  StateFault,
  TaskKey,
} from '../mesos/index.ts';
import type { BookUpdate, RecordBook, RecordChanges, RecordFault } from '../records/index.ts';
import type { Clock, Log } from '../runtime/index.ts';
import type { CurrentZone, ZoneDelta } from '../zone/index.ts';
import type { DormantFrameworks } from './dormant-frameworks.ts';
import { LineBudget } from './line-budget.ts';
import type { PlacePublisher } from './place-publisher.ts';
import type { ReversePublisher } from './reverse-publisher.ts';

/** Of a text from the cluster, in a line of the log. */
const MOST_CHARACTERS = 200;

/** The cluster chooses the texts, so only so many are remembered; the rest is for the debug log. */
const MOST_TOLD = 1000;

/** What the publisher works on. */
export interface PublisherOptions {
  readonly zone: CurrentZone;
  readonly book: RecordBook;
  /** Where each difference of the zone goes. */
  readonly publish: (delta: ZoneDelta) => void;
  readonly reverse?: Pick<ReversePublisher, 'update'>;
  readonly dormant?: Pick<DormantFrameworks, 'look'> | undefined;
  /** Told of each update before its records are published. */
  readonly places?: Pick<PlacePublisher, 'update'> | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The river's mouth: changes of the cluster become records, these the zone, its difference flows
 * out.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #faultCounts = new Map<string, number>();
  readonly #told = new Set<string>();
  readonly #budget: LineBudget;
  #state: ClusterState | undefined;
  /** Records that wait for the first state: a zone of our own names alone would be a lie. */
  #waiting: RecordChanges = new Map();
  #changes = 0;
  #publishMs = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#budget = new LineBudget(options.clock);
  }

  /** The cluster as it is published; undefined before the first state. */
  get state(): ClusterState | undefined {
    return this.#state;
  }

  get serial(): Serial | undefined {
    return this.#options.zone.zone.serial;
  }

  /** How many versions of the zone were published. */
  get changes(): number {
    return this.#changes;
  }

  /** Milliseconds from the last change of the state to its version of the zone being sent out. */
  get publishMs(): number {
    return this.#publishMs;
  }

  /** Parts of states that could not be used since the start, by cause. */
  get faultCounts(): ReadonlyMap<string, number> {
    return this.#faultCounts;
  }

  /** A change of the cluster. */
  update(update: ClusterUpdate): void {
    for (const fault of update.faults) this.#note(fault);
    this.#state = update.state;
    const { book, clock, dormant, places } = this.#options;
    const startMs = clock.monotonic();
    dormant?.look(update);
    places?.update(update);
    this.#publish(book.update(update));
    this.#publishMs = clock.monotonic() - startMs;
  }

  /** Records of these frameworks and of their tasks follow from something else than the cluster. */
  takeAnew(frameworks: ReadonlySet<FrameworkId>): void {
    const state = this.#state;
    if (!state) return;
    const tasks = new Set<TaskKey>();
    for (const { key, frameworkId } of state.tasks.values()) {
      if (frameworks.has(frameworkId)) tasks.add(key);
    }
    const touched = { masters: false, agents: new Set<never>(), frameworks, tasks };
    this.#publish(this.#options.book.update({ state, touched, faults: [] }));
  }

  /** A change of what does not come from the cluster, such as the name server's addresses. */
  take(update: BookUpdate): void {
    if (this.#state) this.#publish(update);
    else this.#waiting = new Map([...this.#waiting, ...update.changes]);
  }

  #publish({ changes, faults }: BookUpdate): void {
    const { zone, clock, reverse } = this.#options;
    for (const fault of faults) this.#sayLeftOut(fault);
    const all = this.#waiting.size > 0 ? new Map([...this.#waiting, ...changes]) : changes;
    this.#waiting = new Map();
    const unixSeconds = Math.floor(clock.now() / 1000);
    const delta = zone.publish(all, unixSeconds);
    if (delta) this.#send(delta);
    reverse?.update(all, this.#state, unixSeconds);
  }

  #send(delta: ZoneDelta): void {
    const { publish, log } = this.#options;
    this.#changes++;
    publish(delta);
    const counts = { removed: delta.removed.length, added: delta.added.length };
    log.debug('Published a version of the zone', { serial: delta.to, ...counts });
  }

  /** Who launches tasks chooses their names, and how many there are. */
  #sayLeftOut({ cause, what }: RecordFault): void {
    this.#budget.spend(unsaid => {
      const others = unsaid > 0 ? { othersUnsaid: unsaid } : {};
      const fields = { cause, what: what.slice(0, MOST_CHARACTERS), ...others };
      this.#options.log.warn('A record is left out', fields);
    });
  }

  /** Each fault is counted every time, and told once. */
  #note({ cause, where: place }: StateFault): void {
    this.#faultCounts.set(cause, (this.#faultCounts.get(cause) ?? 0) + 1);
    const where = place.slice(0, MOST_CHARACTERS);
    const text = `${cause} ${where}`;
    const isNew = this.#told.size < MOST_TOLD && !this.#told.has(text);
    if (isNew) this.#told.add(text);
    this.#options.log[isNew ? 'warn' : 'debug']('A part of the state cannot be used', {
      cause,
      where,
    });
  }
}
