import type { Client, DomainName, Octets } from '../dns/index.ts';
import type { CacheSize, UpstreamStatus } from '../forward/index.ts';
import {
  type Backoff,
  type Clock,
  fullJitterBackoff,
  type Log,
  makeCounters,
  type Random,
  sleep,
} from '../runtime/index.ts';
import type { Certificate, Listeners, ListenSocket, UdpMode } from '../server/index.ts';
import type { RespondToTransfer } from '../transfer/index.ts';
import { type DeltaStep, type ServingState, type Zone, zoneSteps } from '../zone/index.ts';
import { ANSWER_COUNTERS } from './answer-counters.ts';
import type { AnswerThreadOptions, FromAnswerThread, ToAnswerThread } from './answer-messages.ts';
import { AnswerWorker } from './answer-worker.ts';
import { HandedOver } from './handed-over.ts';
import { type PlacePublisher, placesMessage } from './place-publisher.ts';
import { TransferPump } from './transfer-pump.ts';
import type { TransferTurns } from './transfer-turns.ts';

/** What answer threads are started with. */
export interface AnswerThreadsOptions {
  readonly threads: number;
  readonly thread: AnswerThreadOptions;
  readonly listeners: Listeners;
  /** The zone that a new thread is filled with. */
  readonly zone: Zone;
  readonly reverseZones: readonly Zone[];
  /** All places that are known; undefined without locality. */
  readonly places: Pick<PlacePublisher, 'steps'> | undefined;
  /** The messages of a transfer, as they are asked for. */
  readonly transfer: RespondToTransfer;
  readonly transferTurns: TransferTurns;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** So many replacements come at once; a thread that goes on dying must not take the machine with it. */
const QUICK_REPLACEMENTS = 20;
const FIRST_PAUSE_MS = 10;
const LAST_PAUSE_MS = 5_000;
/** So long without dying, and a thread counts as well again. */
const WELL_AFTER_MS = 60_000;
/** How often a thread is asked for a sign of life, and how many it may owe before it is replaced. */
const LOOK_EVERY_MS = 5_000;
const MOST_OWED = 6;

/** The place of one thread, which is filled anew when its thread dies, or is stuck. */
export class AnswerSlot {
  udp: UdpMode = 'portable';
  upstreams: readonly UpstreamStatus[] = [];
  cache: CacheSize = { entries: 0, octets: 0 };
  restarts = 0;
  isServing = false;
  /** Kept over a restart, so that no counter goes back. */
  readonly counters = makeCounters(ANSWER_COUNTERS).values;
  readonly #number: number;
  readonly #options: AnswerThreadsOptions;
  readonly #backoff: Backoff;
  /** Who waits for which ping; a thread that replaces another is asked again. */
  readonly #pongs = new Map<number, () => void>();
  readonly #handed = new HandedOver(message => this.tell(message));
  #pings = 0;
  #owed = 0;
  #quickLeft = QUICK_REPLACEMENTS;
  #state: ServingState = { kind: 'starting' };
  /** The newest, where the one of the options is no longer that. */
  #certificate: Certificate | undefined;
  #worker: AnswerWorker | undefined;
  #isClosing = false;
  #hasSockets = false;
  #stopLooking = () => {};

  constructor(number: number, options: AnswerThreadsOptions) {
    this.#number = number;
    this.#options = options;
    this.#backoff = fullJitterBackoff(FIRST_PAUSE_MS, LAST_PAUSE_MS, options.random);
  }

  /** Fills the place; resolves when the thread serves, rejects when it dies before. */
  async start(): Promise<void> {
    const { clock, thread, transfer, transferTurns, log } = this.#options;
    const tell = (message: ToAnswerThread, moved: readonly ArrayBuffer[]) =>
      this.tell(message, moved);
    const pump = new TransferPump(transfer, transferTurns, tell);
    const data = {
      options: thread,
      counters: this.counters.buffer as SharedArrayBuffer,
      sockets: this.#sockets(),
    };
    const startedMs = clock.monotonic();
    const serves = Promise.withResolvers<boolean>();
    const hear = (message: FromAnswerThread) => {
      if (message.kind === 'serving') serves.resolve(true);
      this.#hear(message, pump);
    };
    const worker = new AnswerWorker(this.#number, data, hear, log);
    this.#worker = worker;
    this.#fill();
    void worker.ended.then(() => {
      pump.close();
      serves.resolve(false);
      this.#handed.forsake();
    });
    if (!(await serves.promise)) throw new Error(`Answer thread ${this.#number} cannot start`);
    void worker.ended.then(() => this.#replace(clock.monotonic() - startedMs));
    this.#look();
  }

  tell(message: ToAnswerThread, moved?: readonly ArrayBuffer[]): void {
    this.#worker?.tell(message, moved);
  }

  /** Has the thread answer a query that came by HTTP. */
  answer(octets: Octets, client: Client): Promise<Octets | undefined> {
    return this.isServing ? this.#handed.ask(octets, client) : Promise.resolve(undefined);
  }

  /** A step of the domain or of a reverse zone; one that `isMoved` goes over without being copied. */
  step(step: DeltaStep, reverseZone: DomainName | undefined, isMoved: boolean): void {
    const moved = isMoved ? [step.octets.buffer as ArrayBuffer] : [];
    this.tell({ kind: 'step', step, reverseZone }, moved);
  }

  serve(state: ServingState): void {
    this.#state = state;
    this.tell({ kind: 'serving', state });
  }

  renewCertificate(certificate: Certificate): void {
    this.#certificate = certificate;
    this.tell({ kind: 'certificate', certificate });
  }

  resocket(): void {
    this.tell({ kind: 'sockets', sockets: this.#sockets() });
  }

  /** Serves the listening sockets from now on; before, the thread has none. */
  takeSockets(): void {
    this.#hasSockets = true;
    this.resocket();
  }

  settled(): Promise<void> {
    const ping = ++this.#pings;
    this.tell({ kind: 'ping', ping });
    return new Promise(resolve => this.#pongs.set(ping, resolve));
  }

  /** Ends the thread at once, as a fault of its own would. */
  async kill(): Promise<void> {
    await this.#worker?.kill();
  }

  async close(drainMs: number): Promise<void> {
    this.#isClosing = true;
    this.#stopLooking();
    if (!this.#worker || this.#worker.hasEnded) return;
    this.tell({ kind: 'close', drainMs });
    await this.#worker.ended;
  }

  /** What a new thread has to know before it serves its sockets. Later deltas come behind it. */
  #fill(): void {
    for (const step of this.#options.places?.steps() ?? []) this.tell(placesMessage(step));
    for (const step of zoneSteps(this.#options.zone)) this.step(step, undefined, true);
    for (const zone of this.#options.reverseZones) {
      for (const step of zoneSteps(zone)) this.step(step, zone.origin, true);
    }
    if (this.#certificate) this.renewCertificate(this.#certificate);
    this.tell({ kind: 'serving', state: this.#state });
    for (const ping of this.#pongs.keys()) this.tell({ kind: 'ping', ping });
  }

  #hear(message: FromAnswerThread, pump: TransferPump): void {
    switch (message.kind) {
      case 'serving':
        this.udp = message.udp;
        this.isServing = true;
        return;
      case 'forwarding':
        this.upstreams = message.upstreams;
        this.cache = message.cache;
        return;
      case 'response':
        this.#handed.hear(message.query, message.octets);
        return;
      case 'pong':
        this.#owed = 0;
        this.#pongs.get(message.ping)?.();
        this.#pongs.delete(message.ping);
        return;
      case 'closed':
        return;
      case 'transfer':
      case 'more':
      case 'enough':
        pump.hear(message);
        return;
      default:
        message satisfies never;
    }
  }

  /** Asks for a sign of life; a thread that owes too many is stuck, and is ended. */
  #look(): void {
    const { clock, log } = this.#options;
    this.#owed = 0;
    const ask = () => {
      if (this.#owed++ >= MOST_OWED) {
        log.error('An answer thread is stuck', { thread: this.#number });
        return void this.kill();
      }
      void this.settled();
      this.#stopLooking = clock.after(LOOK_EVERY_MS, ask);
    };
    this.#stopLooking = clock.after(LOOK_EVERY_MS, ask);
  }

  #sockets(): readonly ListenSocket[] {
    return this.#hasSockets ? this.#options.listeners.socketsOf(this.#number) : [];
  }

  /** The kept sockets hold the queries that arrive in between. */
  async #replace(livedMs: number): Promise<void> {
    const { clock, log } = this.#options;
    this.isServing = false;
    this.#stopLooking();
    if (livedMs > WELL_AFTER_MS) {
      this.#quickLeft = QUICK_REPLACEMENTS;
      this.#backoff.reset();
    }
    while (!this.#isClosing) {
      this.restarts++;
      const pauseMs = this.#quickLeft-- > 0 ? 0 : this.#backoff.next();
      log.warn('Replacing an answer thread', { thread: this.#number, pauseMs });
      if (pauseMs > 0) await sleep(clock, pauseMs);
      if (this.#isClosing) return;
      try {
        return await this.start();
      } catch (error) {
        log.error('Cannot replace an answer thread', { error: String(error) });
      }
    }
  }
}
