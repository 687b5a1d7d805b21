import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Clock, Random } from '../runtime/index.ts';
import { EventStreams, record } from './event-streams.ts';
import { answerWhole, answerWithFault, changedState, type Fault } from './faults.ts';
import type { MasterEvent } from './master-event.ts';
import { MasterView } from './master-view.ts';
import { type MasterIdentity, uuid } from './model.ts';
import {
  answerRequest,
  type Credential,
  type MasterRequest,
  type MasterResponse,
  type MasterRole,
} from './routes.ts';
import { eventJson, subscribedJson } from './v1-json.ts';

/** What a master is started with. */
export interface MasterOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly address: string;
  /** What it calls itself in redirects; missing means its address. */
  readonly hostname?: string | undefined;
  readonly heartbeatMs: number;
  readonly credential?: Credential | undefined;
}

/**
 * One master: an HTTP server that answers by its role. Its process can be killed, started again on
 * the same port, and paused, as by SIGSTOP.
 */
export class SimulatedMaster {
  role: MasterRole = { kind: 'leaderless' };
  readonly streams: EventStreams;
  readonly #options: MasterOptions;
  #server: Server | undefined;
  #starting: Promise<void> | undefined;
  #identity: MasterIdentity;
  #isPaused = false;
  #fault: Fault | undefined;
  #faultsLeft = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: MasterOptions) {
    this.#options = options;
    this.streams = new EventStreams(options.clock, options.heartbeatMs);
    this.#identity = this.#newIdentity(0);
  }

  get identity(): MasterIdentity {
    return this.#identity;
  }

  get isAlive(): boolean {
    return this.#server !== undefined;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Starts its process, once: a free port the first time, the same one again later. */
  start(): Promise<void> {
    this.#starting ??= this.#listen().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #listen(): Promise<void> {
    const server = createServer((request, response) => void this.#receive(request, response));
    server.keepAliveTimeout = 60_000;
    server.listen(this.#identity.port, this.#options.address);
    await once(server, 'listening');
    this.#server = server;
    this.role = { kind: 'leaderless' };
    this.#identity = this.#newIdentity((server.address() as AddressInfo).port);
  }

  /** Ends its process: connections break, later ones are refused. */
  async kill(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    this.#isPaused = false;
    this.#waiting.length = 0;
    this.streams.end();
    this.streams.resume();
    this.role = { kind: 'leaderless' };
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  setFault(fault: Fault | undefined, times: number): void {
    this.#fault = fault;
    this.#faultsLeft = times;
  }

  /** Accepts connections and requests, answers nothing, writes no event. */
  pause(): void {
    this.#isPaused = true;
    this.streams.silence();
  }

  resume(): void {
    this.#isPaused = false;
    this.streams.resume();
    for (const answer of this.#waiting.splice(0)) answer();
  }

  /** Becomes the leader, knowing nothing yet. */
  lead(): MasterView {
    const send = (event: MasterEvent) => this.streams.send(() => eventJson(event));
    const view = new MasterView(this.#options.clock.now() / 1000, send);
    this.role = { kind: 'leading', view };
    return view;
  }

  #newIdentity(port: number): MasterIdentity {
    const { address, hostname = address, random, clock } = this.#options;
    return { id: uuid(random), hostname, address, port, startTime: clock.now() / 1000 };
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const answer = () => this.#answer(request, Buffer.concat(chunks).toString(), response);
    if (this.#isPaused) this.#waiting.push(answer);
    else answer();
  }

  #answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const { method = 'GET', url = '/', headers } = request;
    const { credential, clock } = this.#options;
    const asked = { method, url, headers, body };
    const answer = answerRequest(asked, this.#identity, this.role, credential);
    // Mesos keeps connections open without saying so.
    response.removeHeader('Connection');
    const fault = this.#takeFault(asked);
    if (answer.kind === 'subscribe' && isStreamable(fault)) {
      this.#subscribe(response, fault);
      return;
    }
    const plain = { ...(answer.kind === 'subscribe' ? this.#snapshot() : whole(answer)), url };
    if (fault) answerWithFault(fault, plain, response, clock);
    else answerWhole(compressed(plain, headers['accept-encoding']), response);
  }

  /** A fault of content waits for a question that has such an answer. */
  #takeFault(asked: MasterRequest): Fault | undefined {
    if (isOfContent(this.#fault) && !asksForState(asked)) return undefined;
    return this.#faultsLeft-- > 0 ? this.#fault : undefined;
  }

  #subscribe(response: ServerResponse, fault: Fault | undefined): void {
    if (this.role.kind !== 'leading') return;
    response.writeHead(200, JSON_CONTENT);
    const snapshot = subscribedJson(this.role.view, this.#options.heartbeatMs / 1000);
    this.streams.add(response, fault ? changedState(fault, snapshot) : snapshot);
  }

  /** The start of a stream as a body with an end, for faults that break it. */
  #snapshot(): WholeAnswer {
    const empty = { status: 200, headers: JSON_CONTENT, body: Buffer.alloc(0) };
    if (this.role.kind !== 'leading') return empty;
    return { ...empty, body: record(subscribedJson(this.role.view, 15)) };
  }
}

const JSON_CONTENT = { 'Content-Type': 'application/json' };

interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function whole({ status, headers, body }: MasterResponse & { kind: 'whole' }): WholeAnswer {
  return { status, headers, body: Buffer.from(body) };
}

/** Faults of content leave a stream a stream; the others break it. */
function isStreamable(fault: Fault | undefined): boolean {
  return fault === undefined || isOfContent(fault);
}

function isOfContent(fault: Fault | undefined): boolean {
  return fault?.kind === 'empty' || fault?.kind === 'partial';
}

function asksForState({ url, body }: MasterRequest): boolean {
  return !url.endsWith('/redirect') && !body.includes('"GET_MASTER"');
}

function compressed<Answer extends WholeAnswer>(answer: Answer, accepted: unknown): Answer {
  const isWanted = typeof accepted === 'string' && /\bgzip\b/.test(accepted);
  if (!isWanted || answer.body.length < 1024) return answer;
  const headers = { ...answer.headers, 'Content-Encoding': 'gzip' };
  return { ...answer, headers, body: gzipSync(answer.body) };
}
