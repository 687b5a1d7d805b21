import { EventEmitter, once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { record } from './event-streams.ts';
import type { JsonObject, MasterIdentity } from './model.ts';
import { HEARTBEAT, masterInfoJson } from './v1-json.ts';

/** A master that serves octets: for states too big to be held as objects. */
export interface StaticMaster {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** As it must call itself in its state. */
  readonly pid: string;
  /** How many bodies were served whole, and when the last octet of the last one went out. */
  readonly served: { count: number; lastAtMs: number };
  /** Resolves when the next request for the state comes, and when the next body is served whole. */
  nextAsked(): Promise<void>;
  nextServed(): Promise<void>;
  /** What `/state` answers from now on; before the first one it answers 503. */
  publish(pieces: readonly Buffer[]): void;
  /** How every event stream begins from now on; before that streams are refused. */
  publishStream(pieces: readonly Buffer[]): void;
  /** Sends events down every open stream, in one write. */
  emit(events: readonly JsonObject[]): void;
  close(): Promise<void>;
}

/** Starts one at a free port of loopback. */
export async function startStaticMaster(nowMs: () => number): Promise<StaticMaster> {
  const master = new OctetMaster(nowMs);
  await master.start();
  return master;
}

/** What the generated snapshots announce. */
const HEARTBEAT_MS = 15_000;
const JSON_CONTENT = { 'Content-Type': 'application/json' };

class OctetMaster implements StaticMaster {
  readonly served = { count: 0, lastAtMs: 0 };
  #state: readonly Buffer[] | undefined;
  #stream: readonly Buffer[] | undefined;
  #port = 0;
  #beat: NodeJS.Timeout | undefined;
  readonly #nowMs: () => number;
  readonly #events = new EventEmitter();
  readonly #streams = new Set<ServerResponse>();
  readonly #server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/master/, '');
    if (path === '/state') this.#serveState(response);
    else if (path === '/api/v1') void text(request).then(body => this.#serveCall(body, response));
    else response.writeHead(404).end();
  });

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    this.#beat = setInterval(() => this.emit([HEARTBEAT]), HEARTBEAT_MS);
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get pid(): string {
    return `master@${this.address}`;
  }

  async nextAsked(): Promise<void> {
    await once(this.#events, 'asked');
  }

  async nextServed(): Promise<void> {
    await once(this.#events, 'served');
  }

  publish(pieces: readonly Buffer[]): void {
    this.#state = pieces;
  }

  publishStream(pieces: readonly Buffer[]): void {
    this.#stream = pieces;
  }

  emit(events: readonly JsonObject[]): void {
    const octets = Buffer.concat(events.map(record));
    for (const response of this.#streams) response.write(octets);
  }

  async close(): Promise<void> {
    clearInterval(this.#beat);
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #serveState(response: ServerResponse): void {
    if (this.#state === undefined) {
      response.writeHead(503).end();
      return;
    }
    this.#events.emit('asked');
    const length = this.#state.reduce((sum, piece) => sum + piece.length, 0);
    response.writeHead(200, { ...JSON_CONTENT, 'Content-Length': length });
    for (const piece of this.#state) response.write(piece);
    response.end(() => this.#countServed());
  }

  #serveCall(body: string, response: ServerResponse): void {
    if (body.includes('"GET_MASTER"')) {
      const answer = { type: 'GET_MASTER', get_master: this.#self() };
      response.writeHead(200, JSON_CONTENT).end(JSON.stringify(answer));
    } else if (this.#stream && body.includes('"SUBSCRIBE"')) {
      response.writeHead(200, JSON_CONTENT);
      for (const piece of this.#stream) response.write(piece);
      response.write(record(HEARTBEAT), () => this.#countServed());
      this.#streams.add(response);
      response.on('close', () => this.#streams.delete(response));
    } else response.writeHead(404).end();
  }

  #self(): JsonObject {
    const identity: MasterIdentity = {
      id: 'static',
      hostname: '127.0.0.1',
      address: '127.0.0.1',
      port: this.#port,
      startTime: 1700000000,
    };
    return {
      master_info: masterInfoJson(identity),
      start_time: 1700000000,
      elected_time: 1700000001,
    };
  }

  #countServed(): void {
    this.served.count++;
    this.served.lastAtMs = this.#nowMs();
    this.#events.emit('served');
  }
}
