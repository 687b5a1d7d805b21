import packet from 'dns-packet';
import { type Config, namingOptions, startOfAuthority } from '../../src/config/index.ts';
import { clientView } from '../../src/dns/index.ts';
import type { ClusterState } from '../../src/mesos/index.ts';
import { namingRules, recordBook } from '../../src/records/index.ts';
import { type Clock, makeCounters, quietLog, type Random } from '../../src/runtime/index.ts';
import { Follow } from '../../src/wiring/follow.ts';
import { answerThreadOptions } from '../../src/wiring/options.ts';
import { Publisher } from '../../src/wiring/publisher.ts';
import {
  AnswerTable,
  CurrentZone,
  deltaSteps,
  type ServingState,
  ZONE_COUNTERS,
  type Zone,
  ZoneAnswers,
  type ZoneDelta,
} from '../../src/zone/index.ts';
import { queryOctets } from './dns-client.ts';
import { zoneText } from './zone-text.ts';

/** What a client is told: addresses, or the RCODE of what is no answer. */
export interface Answered {
  readonly rcode: string;
  readonly addresses: readonly string[];
}

/**
 * The product from the masters to the answers of the hot path, in this thread and by the clock that
 * is given: what `Generation` and an answer thread make of a config, without sockets for clients.
 */
export class SimulatedProduct {
  readonly follow: Follow;
  readonly #publisher: Publisher;
  readonly #zone: CurrentZone;
  readonly #table: AnswerTable;
  readonly #answers: ZoneAnswers;
  readonly #response = new Uint8Array(65_535);
  readonly #onChange: (isWhole: boolean) => void;

  /** `onChange` is called after every step of every version, and says whether that is whole now. */
  constructor(
    config: Config,
    world: { readonly clock: Clock; readonly random: Random },
    onChange: (isWhole: boolean) => void,
  ) {
    const log = quietLog();
    this.#onChange = onChange;
    this.#zone = new CurrentZone({ origin: config.domain, soa: startOfAuthority(config) });
    this.#table = new AnswerTable(config.domain, 1);
    this.#answers = answersOf(config, this.#table, world.random);
    this.#publisher = new Publisher({
      zone: this.#zone,
      book: recordBook(namingRules(namingOptions(config))),
      publish: delta => this.#publish(delta),
      clock: world.clock,
      log,
    });
    const answering = {
      serve: (state: ServingState) => {
        this.#answers.serve(state);
        onChange(true);
      },
      settled: () => Promise.resolve(),
    };
    this.follow = new Follow(config, { ...world, log }, this.#publisher, answering);
    this.follow.start({ version: 'test', ownPlaces: [], restored: undefined });
  }

  get state(): ClusterState | undefined {
    return this.#publisher.state;
  }

  /** Every record, a line each. */
  get text(): string {
    return textOf(this.#zone.zone);
  }

  /** Asks the hot path for the addresses of a name, as by TCP: none is left out for want of room. */
  ask(name: string): Answered {
    const query = queryOctets(7, name);
    const room = this.#response;
    const octets = this.#answers.answerInto(query, 0, query.length, room, 0, room.length);
    if (octets <= 0) return { rcode: 'no answer', addresses: [] };
    const { rcode, answers = [] } = packet.decode(Buffer.from(room.buffer, 0, octets)) as Decoded;
    const addresses = answers.flatMap(answer => (answer.type === 'A' ? [answer.data] : []));
    return { rcode: rcode ?? 'no rcode', addresses };
  }

  close(): Promise<void> {
    return this.follow.close();
  }

  #publish(delta: ZoneDelta): void {
    const steps = [...deltaSteps(delta)];
    for (const [at, step] of steps.entries()) {
      this.#table.applyStep(step);
      this.#onChange(at === steps.length - 1);
    }
  }
}

/** The type of a decoded packet leaves out its RCODE. */
type Decoded = packet.DecodedPacket & { readonly rcode?: string };

function answersOf(config: Config, table: AnswerTable, random: Random): ZoneAnswers {
  const options = answerThreadOptions(config, []);
  return new ZoneAnswers({
    table,
    settings: { ...options, ...options.edns },
    client: Object.assign(clientView(), { isTcp: true }),
    random,
    counters: makeCounters(ZONE_COUNTERS),
    mayRecurse: () => false,
  });
}

/** The zone that a state of the cluster stands for, a line a record. */
export function textOfState(state: ClusterState, config: Config): string {
  const zone = new CurrentZone({ origin: config.domain, soa: startOfAuthority(config) });
  const book = recordBook(namingRules(namingOptions(config)));
  zone.publish(book.update({ state, touched: 'all', faults: [] }).changes, 0);
  return textOf(zone.zone);
}

function textOf(zone: Zone): string {
  return zoneText(zone.rrsets().flatMap(({ records }) => records));
}
