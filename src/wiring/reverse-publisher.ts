import type { DomainName, Network, Serial, StartOfAuthority } from '../dns/index.ts';
import type { ClusterState } from '../mesos/index.ts';
import { type NamingRules, type RecordChanges, ReverseBook } from '../records/index.ts';
import { CurrentZone, type Zone, type ZoneDelta } from '../zone/index.ts';

/** What reverse zones are made from; `previousSerial` is that of the domain before. */
export interface ReversePublisherOptions {
  readonly networks: readonly Network[];
  readonly rules: NamingRules;
  readonly soa: StartOfAuthority;
  readonly previousSerial: Serial | undefined;
  /** Where each difference of a zone goes. */
  readonly publish: (origin: DomainName, delta: ZoneDelta) => void;
}

/** The reverse zones of the networks in the config: each follows the records of the domain. */
export class ReversePublisher {
  readonly #options: ReversePublisherOptions;
  readonly #book: ReverseBook;
  readonly #zones: ReadonlyMap<DomainName, CurrentZone>;

  constructor(options: ReversePublisherOptions) {
    const { networks, rules, soa, previousSerial } = options;
    this.#options = options;
    this.#book = new ReverseBook(networks, rules);
    this.#zones = new Map(
      this.#book.zones.map(origin => [origin, new CurrentZone({ origin, soa, previousSerial })]),
    );
  }

  /** Every zone, for threads that have none yet. */
  get zones(): readonly Zone[] {
    return [...this.#zones.values()].map(({ zone }) => zone);
  }

  /** Takes what the domain was just given. */
  update(changes: RecordChanges, state: ClusterState | undefined, unixSeconds: number): void {
    if (this.#zones.size === 0) return;
    for (const [origin, pointers] of this.#book.update(changes, state)) {
      const delta = this.#zones.get(origin)?.publish(pointers, unixSeconds);
      if (delta) this.#options.publish(origin, delta);
    }
  }
}
