import type { DomainName, Network, Serial, StartOfAuthority } from '../dns/index.ts';
import type { ClusterState } from '../mesos/index.ts';
import { type NamingRules, type RecordChanges, ReverseBook } from '../records/index.ts';
import { CurrentZone, type Zone, type ZoneDelta } from '../zone/index.ts';
import type { KnownReverseZone } from './kept-history.ts';

/** What reverse zones are made from. */
export interface ReversePublisherOptions {
  readonly networks: readonly Network[];
  readonly rules: NamingRules;
  readonly soa: StartOfAuthority;
  /** The serial that the first one of a zone is newer than. */
  readonly previousSerial: (origin: DomainName) => Serial | undefined;
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
      this.#book.zones.map(origin => {
        const made = { origin, soa, previousSerial: previousSerial(origin) };
        return [origin, new CurrentZone(made)];
      }),
    );
  }

  /** Every zone, for threads that have none yet. */
  get zones(): readonly Zone[] {
    return [...this.#zones.values()].map(({ zone }) => zone);
  }

  /** Every zone that was published, as it stands now. */
  get known(): readonly KnownReverseZone[] {
    return this.zones.flatMap(zone => {
      const { origin, serial } = zone;
      return serial === undefined ? [] : { origin, serial, rrsets: zone.rrsets() };
    });
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
