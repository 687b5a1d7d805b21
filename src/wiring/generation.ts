import { type ApiServer, type ZoneWatch, zoneWatch } from '../api/index.ts';
import type { AppWorld } from '../commands/index.ts';
import { type Config, startOfAuthority } from '../config/index.ts';
import type { DomainName, Serial } from '../dns/index.ts';
import type { ClusterState } from '../mesos/index.ts';
import { type NamingRules, namingRules, type RecordBook, recordBook } from '../records/index.ts';
import { sleep } from '../runtime/index.ts';
import { CurrentZone, deltaSteps, type ZoneDelta, zoneText } from '../zone/index.ts';
import { AnswerThreads } from './answer-threads.ts';
import { watchCertificate } from './certificate-watch.ts';
import {
  type DormantFrameworks,
  dormantFrameworks,
  type InactiveSince,
  namingWith,
} from './dormant-frameworks.ts';
import { Ends } from './ends.ts';
import type { Facts } from './facts.ts';
import { Follow } from './follow.ts';
import type { GenerationParts } from './generation-parts.ts';
import { type KnownZone, reverseSerial, saveHistory, zoneFingerprint } from './kept-history.ts';
import type { Listening } from './listening.ts';
import { answerThreadOptions } from './options.ts';
import { ownReach } from './own-reach.ts';
import { type PlacePublisher, placePublisher } from './place-publisher.ts';
import { Publisher } from './publisher.ts';
import { ReversePublisher } from './reverse-publisher.ts';
import { startHttp } from './start-http.ts';
import { summaryLine } from './summary-line.ts';
import { makeTransfers, type Transfers } from './transfers.ts';

/** How long slow answers may still come once the sockets are closed. */
const DRAIN_MS = 2_000;

/** Everything that one config makes but the sockets of DNS, which outlive it. */
export class Generation {
  readonly config: Config;
  readonly #world: AppWorld;
  readonly #parts: GenerationParts;
  readonly #dormant: DormantFrameworks | undefined;
  readonly #rules: NamingRules;
  readonly #book: RecordBook;
  readonly #zone: CurrentZone;
  readonly #watch: ZoneWatch;
  readonly #transfers: Transfers;
  readonly #reverse: ReversePublisher;
  readonly #places: PlacePublisher | undefined;
  readonly #publisher: Publisher;
  readonly #ends = new Ends();
  #threads: AnswerThreads | undefined;
  #follow: Follow | undefined;
  #http: ApiServer | undefined;

  constructor(config: Config, world: AppWorld, parts: GenerationParts) {
    this.config = config;
    this.#world = world;
    this.#parts = parts;
    this.#dormant = dormantFrameworks(config, {
      since: parts.inactiveSince ?? new Map(),
      clock: world.clock,
      onDormant: frameworks => this.#publisher.takeAnew(frameworks),
    });
    if (this.#dormant) this.#ends.add(this.#dormant);
    this.#rules = namingRules(namingWith(config, this.#dormant));
    this.#book = recordBook(this.#rules);
    const soa = startOfAuthority(config);
    this.#zone = new CurrentZone({ origin: config.domain, soa, previousSerial: parts.serial });
    this.#watch = this.#ends.add(zoneWatch(this.#zone.zone, world.clock));
    this.#reverse = new ReversePublisher({
      networks: config.reverseZones,
      rules: this.#rules,
      soa,
      previousSerial: origin => reverseSerial(parts.known, origin, parts.serial),
      publish: (origin, delta) => this.#publish(delta, origin),
    });
    const zones = [this.#zone.zone, this.#reverse.zones] as const;
    const served = () => parts.alone.then(() => this.ready).then(() => this.alive());
    this.#transfers = this.#ends.add(makeTransfers(config, ...zones, world, parts.known, served));
    const publish = (delta: ZoneDelta) => this.#publish(delta);
    this.#places = placePublisher(config, steps => this.#threads?.publishPlaces(steps));
    const looks = { dormant: this.#dormant, places: this.#places };
    const outlets = { publish, reverse: this.#reverse, ...looks };
    this.#publisher = new Publisher({ zone: this.#zone, book: this.#book, ...outlets, ...world });
    this.#publisher.take(this.#book.reachAt(ownReach(config)));
  }

  get state(): ClusterState | undefined {
    return this.#publisher.state;
  }

  get serial(): Serial | undefined {
    return this.#publisher.serial;
  }

  /** What secondaries know of the zone now; undefined before the first version. */
  get known(): KnownZone | undefined {
    const { serial } = this;
    if (serial === undefined) return undefined;
    return {
      fingerprint: zoneFingerprint(this.config, this.#parts.version),
      serial,
      entries: this.#transfers.entries(this.config.domain),
      rrsets: this.#zone.zone.rrsets(),
      reverse: this.#reverse.known,
    };
  }

  /** Since when frameworks are inactive; nothing where that does not matter. */
  get inactiveSince(): InactiveSince {
    return this.#dormant?.since ?? new Map();
  }

  get http(): ApiServer | undefined {
    return this.#http;
  }

  /** Resolves when every thread answers from a first zone. */
  get ready(): Promise<void> {
    return this.#started.ready;
  }

  /** Starts the threads, yet without sockets, and the following of the cluster. */
  async start(): Promise<void> {
    const { listening, version, restored } = this.#parts;
    if (listening) this.#threads = await this.#startThreads(listening);
    const follow = new Follow(this.config, this.#world, this.#publisher, this.#threads);
    this.#follow = this.#ends.add(follow);
    follow.start({ version, restored, ownPlaces: listening?.places ?? [] });
  }

  /** Resolves when there is a zone that the masters have just confirmed, or after `patienceMs`. */
  async settled(patienceMs: number): Promise<void> {
    const patience = sleep(this.#world.clock, patienceMs);
    await Promise.race([this.#started.live, patience]);
  }

  /** Takes over the sockets: from here on this generation answers, perhaps beside an older one. */
  takeSockets(): void {
    const { listening } = this.#parts;
    if (!listening || !this.#threads) return;
    listening.serveBy(this.#threads);
    const { udp } = this.#threads;
    const { threads } = this.config;
    const { pid } = process;
    const { places, tlsPlaces } = listening;
    const tls = tlsPlaces.length > 0 ? { tls: tlsPlaces } : {};
    this.#world.log.info('answering', { places, ...tls, udp, threads, pid });
  }

  /** Serves HTTP; a port that an older process still holds is tried again for `patienceMs`. */
  async startHttp(patienceMs: number): Promise<void> {
    if (!this.config.httpOn) return;
    const { exposition } = this.#parts;
    const subject = { rules: this.#rules, watch: this.#watch, facts: this.#facts(), exposition };
    this.#http = await startHttp(this.config, this.#world, subject, patienceMs);
  }

  async closeHttp(): Promise<void> {
    await this.#http?.close();
    this.#http = undefined;
  }

  /** Asks for the state of the cluster now. */
  refresh(): void {
    this.#started.refresh();
  }

  /** Forgets cached outside answers: all, or those for one name. */
  flush(name?: DomainName): void {
    this.#threads?.flush(name);
    this.#world.log.info('Forgot cached answers', name === undefined ? {} : { name });
  }

  /** Resolves when every answer thread serves what was published so far. */
  async alive(): Promise<void> {
    await this.#threads?.settled();
  }

  /** How it goes, in a line for people. */
  summary(): string {
    return summaryLine(this.#facts());
  }

  /** A whole zone, as sorted master-file text; the domain's by default. */
  zoneText(origin = this.config.domain): string | undefined {
    const zone = [this.#zone.zone, ...this.#reverse.zones].find(each => each.origin === origin);
    return zone && zoneText(zone, this.config.ttl);
  }

  async close(): Promise<void> {
    await this.closeHttp();
    await this.#ends.close();
    const { known } = this;
    if (known) await saveHistory(this.config, known, this.#world.log);
  }

  get #started(): Follow {
    if (!this.#follow) throw new TypeError('The generation was not started');
    return this.#follow;
  }

  async #startThreads(listening: Listening): Promise<AnswerThreads> {
    const threads = await AnswerThreads.start({
      ...this.#world,
      threads: this.config.threads,
      thread: answerThreadOptions(this.config, listening.allPlaces, this.#places?.thread),
      listeners: listening.listeners,
      zone: this.#zone.zone,
      reverseZones: this.#reverse.zones,
      places: this.#places,
      transfer: this.#transfers.respond,
      transferTurns: this.#transfers.turns,
    });
    this.#ends.add({ close: () => threads.close(DRAIN_MS) });
    this.#ends.add(watchCertificate(this.config, threads, this.#world));
    return threads;
  }

  /** Of the domain's zone, or of a reverse zone. */
  #publish(delta: ZoneDelta, reverseZone?: DomainName): void {
    this.#threads?.publish(deltaSteps(delta), reverseZone);
    if (reverseZone === undefined) this.#watch.publish(delta);
    this.#transfers.publish(reverseZone ?? this.config.domain, delta);
  }

  #facts(): Facts {
    const follow = this.#started;
    return {
      version: this.#parts.version,
      clock: this.#world.clock,
      startedMs: this.#parts.startedMs,
      zone: this.#zone.zone,
      reverseZones: this.#reverse.zones,
      publisher: this.#publisher,
      book: this.#book,
      threads: this.#threads,
      transfers: () => this.#transfers.counts(),
      transfersGone: () => this.#transfers.gone(),
      transferTurns: this.#transfers.turns,
      secondaries: () => this.#transfers.secondaries(),
      serving: () => follow.serving,
      follower: () => follow.status(),
      snapshot: () => follow.snapshot(),
      refresh: () => follow.refresh(),
      flush: name => this.flush(name),
      isClosing: this.#parts.isClosing,
      processCounters: this.#world.processCounters,
    };
  }
}
