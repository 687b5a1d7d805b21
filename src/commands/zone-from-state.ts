import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Config, namingOptions, startOfAuthority, taskDetails } from '../config/index.ts';
import type { DomainName, Serial } from '../dns/index.ts';
import { type ClusterUpdate, type MasterState, StateReader } from '../mesos/index.ts';
import { namingRules, ReverseBook, reachableAddresses, recordBook } from '../records/index.ts';
import { CurrentZone, type Zone, type ZoneDelta } from '../zone/index.ts';

/** A zone made of states in files, the body of a master's `/state` each. */
export class ZoneFromStates {
  readonly #current: CurrentZone;
  readonly #reverse: ReverseBook;
  readonly #reverseZones: ReadonlyMap<DomainName, CurrentZone>;
  readonly #reader: StateReader;
  readonly #config: Config;
  readonly #book: ReturnType<typeof recordBook>;

  /** `config` says how records are named. */
  constructor(config: Config) {
    this.#config = config;
    this.#reader = new StateReader(undefined, taskDetails(config));
    const rules = namingRules(namingOptions(config));
    const soa = startOfAuthority(config);
    this.#book = recordBook(rules);
    this.#current = new CurrentZone({ origin: config.domain, soa });
    this.#reverse = new ReverseBook(config.reverseZones, rules);
    this.#reverseZones = new Map(
      this.#reverse.zones.map(origin => [origin, new CurrentZone({ origin, soa })]),
    );
  }

  get zone(): Zone {
    return this.#current.zone;
  }

  /** The domain's zone, or a reverse zone. */
  zoneAt(origin: DomainName): Zone | undefined {
    return origin === this.zone.origin ? this.zone : this.#reverseZones.get(origin)?.zone;
  }

  /**
   * Takes the state in `file` and publishes it; undefined when that changes nothing.
   *
   * @throws {TypeError} When the file holds no state.
   */
  publish(file: string, serial: Serial): ZoneDelta | undefined {
    const update = this.#updateFrom(file);
    const made = this.#book.update(update);
    // The addresses of this machine's interfaces are not those of the server it stands for.
    const listeners = this.#config.listeners.map(({ host }) => host);
    const reached = this.#book.reachAt(reachableAddresses(listeners, []));
    const changes = new Map([...made.changes, ...reached.changes]);
    for (const [origin, pointers] of this.#reverse.update(changes, update.state)) {
      this.#reverseZones.get(origin)?.publish(pointers, serial);
    }
    return this.#current.publish(changes, serial);
  }

  #read(file: string): MasterState {
    try {
      return this.#reader.read(readState(file));
    } catch (error) {
      throw new TypeError(`Cannot read ${file} as a state: ${String(error)}`, { cause: error });
    }
  }

  #updateFrom(file: string): ClusterUpdate {
    const { leader, agents, frameworks, tasks, faults } = this.#read(file);
    const { address } = leader;
    const { masters } = this.#config;
    const isListed = masters.some(
      ({ host, port }) => host === address.host && port === address.port,
    );
    const state = {
      leader: address,
      masters: isListed ? masters : [...masters, address],
      agents,
      frameworks,
      tasks,
      heldTasks: new Map(),
      hostAddresses: new Map(),
    };
    return { state, touched: 'all', faults };
  }
}

/** The octets of a state; one that is packed with gzip is unpacked. */
function readState(file: string): Uint8Array {
  const octets = readFileSync(file);
  return octets[0] === 0x1f && octets[1] === 0x8b ? gunzipSync(octets) : octets;
}
