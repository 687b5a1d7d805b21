import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
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
import type { Listeners, UdpMode } from '../server/index.ts';
import { type ServingState, type Zone, zoneSteps } from '../zone/index.ts';
import { ANSWER_COUNTERS } from './answer-counters.ts';
import type {
  AnswerThreadData,
  AnswerThreadOptions,
  FromAnswerThread,
  ToAnswerThread,
} from './answer-messages.ts';
import { type RespondToTransfer, TransferPump } from './transfer-pump.ts';

export interface AnswerThreadsOptions {
  readonly threads: number;
  readonly thread: AnswerThreadOptions;
  readonly listeners: Listeners;
  /** The zone that a new thread is filled with. */
  readonly zone: Zone;
  /** The messages of a transfer, as they are asked for. */
  readonly transfer: RespondToTransfer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** The ending of this file's own name tells whether the sources run as they stand, or built. */
const ENTRY = new URL(`../answer-thread${extname(import.meta.url)}`, import.meta.url);
/** A thread that dies at once, again and again, must not take the machine with it. */
const FIRST_PAUSE_MS = 10;
const LAST_PAUSE_MS = 5_000;
/** So long without dying, and a thread counts as well again. */
const WELL_AFTER_MS = 60_000;

/** The place of one thread, which is filled anew when its thread dies. */
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
  readonly #pongs = new Map<number, () => void>();
  #pings = 0;
  #state: ServingState = { kind: 'starting' };
  #worker: Worker | undefined;
  #isClosing = false;
  #startedMs = 0;

  constructor(number: number, options: AnswerThreadsOptions) {
    this.#number = number;
    this.#options = options;
    this.#backoff = fullJitterBackoff(FIRST_PAUSE_MS, LAST_PAUSE_MS, options.random);
  }

  /** Fills the place; resolves when the thread serves, rejects when it dies before. */
  start(): Promise<void> {
    const { clock, thread, listeners, zone, transfer, log } = this.#options;
    const data: AnswerThreadData = {
      options: thread,
      counters: this.counters.buffer as SharedArrayBuffer,
      sockets: listeners.socketsOf(this.#number),
    };
    const worker = new Worker(ENTRY, { workerData: data, name: `answers-${this.#number}` });
    this.#worker = worker;
    this.#startedMs = clock.monotonic();
    // Steps of later deltas are posted behind these: the thread sees them in order.
    for (const step of zoneSteps(zone)) this.tell({ kind: 'step', step });
    this.tell({ kind: 'serving', state: this.#state });
    const pump = new TransferPump(transfer, message => this.tell(message));
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromAnswerThread) => {
        if (message.kind === 'serving') {
          this.udp = message.udp;
          this.isServing = true;
          resolve();
        } else if (message.kind === 'forwarding') {
          this.upstreams = message.upstreams;
          this.cache = message.cache;
        } else if (message.kind === 'pong') this.#pongs.get(message.ping)?.();
        else if (message.kind !== 'closed') pump.hear(message);
      });
      worker.on('error', error => {
        log.error('An answer thread failed', { thread: this.#number, error: String(error) });
        reject(error);
      });
      worker.on('exit', code => {
        const wasServing = this.isServing;
        this.isServing = false;
        reject(new Error(`Answer thread ${this.#number} ended with ${code} before it served`));
        if (wasServing && !this.#isClosing) void this.#replace();
      });
    });
  }

  tell(message: ToAnswerThread): void {
    this.#worker?.postMessage(message);
  }

  serve(state: ServingState): void {
    this.#state = state;
    this.tell({ kind: 'serving', state });
  }

  resocket(): void {
    this.tell({ kind: 'sockets', sockets: this.#options.listeners.socketsOf(this.#number) });
  }

  settled(): Promise<void> {
    const ping = ++this.#pings;
    this.tell({ kind: 'ping', ping });
    return new Promise(resolve => {
      this.#pongs.set(ping, () => {
        this.#pongs.delete(ping);
        resolve();
      });
    });
  }

  async close(drainMs: number): Promise<void> {
    this.#isClosing = true;
    const worker = this.#worker;
    if (!worker) return;
    const ended = new Promise(resolve => worker.once('exit', resolve));
    this.tell({ kind: 'close', drainMs });
    await ended;
  }

  /** The kept sockets hold the queries that arrive in between. */
  async #replace(): Promise<void> {
    const { clock, log } = this.#options;
    this.restarts++;
    if (clock.monotonic() - this.#startedMs > WELL_AFTER_MS) this.#backoff.reset();
    while (!this.#isClosing) {
      const pauseMs = this.#backoff.next();
      log.warn('Replacing an answer thread', { thread: this.#number, pauseMs });
      await sleep(clock, pauseMs);
      try {
        if (!this.#isClosing) await this.start();
        return;
      } catch {
        // Said already by the listener for errors.
      }
    }
  }
}
