import type { Socket } from 'node:net';
import type { Client, Octets } from '../dns/index.ts';
import type { TransferMessages } from './answering.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { ServerCounter } from './counters.ts';
import { answerFramed, MAX_MESSAGE_OCTETS } from './framed-answer.ts';
import { type Found, FrameReader } from './frames.ts';
import { SlowQueries } from './slow-queries.ts';
import { TcpWriter } from './tcp-writer.ts';

/** Responses of the slow path may pass the limit of unsent octets this many times, no more. */
const UNSENT_TIMES = 16;

/** One client's connection: reads queries, answers all of a chunk in one write. */
export class TcpConnection {
  readonly client: Client;
  readonly #socket: Socket;
  readonly #context: ConnectionContext;
  readonly #address: Octets;
  readonly #reader = new FrameReader();
  readonly #slow: SlowQueries;
  readonly #out: TcpWriter;
  #transfers = 0;
  #lastMs: number;
  /** When the message that is not whole yet began. */
  #begunMs: number | undefined;
  #isPaused = false;
  #hasPeerEnded = false;
  #isClosing = false;

  constructor(socket: Socket, client: Client, address: Octets, context: ConnectionContext) {
    const { clock } = context.answering;
    this.client = client;
    this.#socket = socket;
    this.#context = context;
    this.#address = address;
    this.#out = new TcpWriter(socket, context);
    this.#slow = new SlowQueries(context.answering, context.limits.slowQueries, context.meter);
    this.#lastMs = clock.monotonic();
    socket.on('drain', () => this.#resume());
    socket.on('end', () => this.#peerEnded());
    socket.on('error', () => this.#count('tcp_closed_by_error'));
  }

  /** When the connection last did something, on the monotonic clock. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Says whether nothing is owed to the client: such connections make room for new ones. */
  get isIdle(): boolean {
    return this.#slow.inFlight + this.#transfers + this.#socket.writableLength === 0;
  }

  /** Why the connection has to go at `nowMs`; undefined while it may stay. */
  overdue(nowMs: number): ServerCounter | undefined {
    const { messageMs, idleMs } = this.#context.limits;
    if (this.#begunMs !== undefined && !this.#isPaused && nowMs - this.#begunMs >= messageMs) {
      return 'tcp_closed_unfinished';
    }
    if (nowMs - this.#lastMs < idleMs || this.#slow.inFlight > 0) return undefined;
    if (this.#socket.writableLength > 0) return 'tcp_closed_unread';
    // A transfer that waits so long for its turn may as well be asked for again: who left unseen,
    // for nothing is read meanwhile, is found out here.
    return 'tcp_closed_idle';
  }

  close(reason: ServerCounter): void {
    this.#count(reason);
    this.#socket.destroy();
  }

  /** Reads no more, waits for slow answers as long as `drainMs`, then closes. */
  async drain(drainMs: number): Promise<void> {
    this.#isClosing = true;
    this.#socket.pause();
    await this.#slow.drain(drainMs);
    this.#socket.destroySoon();
  }

  /** Takes octets of the client, which are read or copied before this returns. */
  read(chunk: Octets): void {
    const { counters, clock } = this.#context.answering;
    counters.values[counters.slot.tcp_received_octets] += chunk.length;
    this.#lastMs = clock.monotonic();
    this.#reader.push(chunk);
    this.#answerChunk();
  }

  /** Answers what has been read, until there is no more or the client has to take some first. */
  #answerChunk(): void {
    const { answering, scratch, meter } = this.#context;
    const startMs = answering.clock.monotonic();
    let written = 0;
    let answers = 0;
    this.#begunMs = this.#reader.isInsideMessage ? this.#begunMs : undefined;
    let found = this.#next();
    for (; found === 'message'; found = this.#next()) {
      this.#begunMs = undefined;
      const octets = this.#answerOne(scratch.buffer, written);
      if (octets === 0) continue;
      written += octets;
      answers++;
      if (written >= scratch.writeOctets) {
        this.#out.scratch(written);
        written = 0;
      }
    }
    if (written > 0) this.#out.scratch(written);
    if (answers > 0) meter.duration(answering.clock.monotonic() - startMs, answers);
    this.#afterChunk(found, startMs);
  }

  #next(): Found | 'paused' {
    return this.#mustPause() ? 'paused' : this.#reader.next();
  }

  #afterChunk(found: Found | 'paused', nowMs: number): void {
    if (this.#reader.isInsideMessage) this.#begunMs ??= nowMs;
    if (found === 'malformed') {
      this.close('tcp_closed_malformed');
    } else if (this.#mustPause()) {
      this.#isPaused = true;
      this.#count(this.#pauseCause());
      this.#socket.pause();
      this.#reader.keepRest();
    } else if (this.#hasPeerEnded) {
      this.#endWhenDone();
    }
  }

  /** Writes one framed response at `at`, or starts a slow one; returns the octets written. */
  #answerOne(buffer: Buffer, at: number): number {
    const { octets, start, end } = this.#reader;
    const written = answerFramed(this.#context, this.#address, octets, start, end, buffer, at);
    if (written === 0) this.#answerSlowly(Uint8Array.from(octets.subarray(start, end)));
    return Math.max(0, written);
  }

  #answerSlowly(query: Octets): void {
    const messages = this.#context.answering.transfer?.(query, this.client);
    if (messages) void this.#transfer(messages);
    else {
      const send = (response: Octets) => this.#sendSlow(response);
      this.#slow.take(query, this.client, MAX_MESSAGE_OCTETS, send, () => this.#settled());
    }
  }

  #sendSlow(response: Octets): void {
    if (this.#socket.destroyed) return;
    this.#count('tcp_responses');
    this.#out.frame(response);
    if (this.#socket.writableLength > UNSENT_TIMES * this.#context.limits.unsentOctets) {
      this.close('tcp_closed_unread');
    }
  }

  async #transfer(messages: TransferMessages): Promise<void> {
    this.#transfers++;
    this.#count('transfers');
    const cancel = () => messages.cancel();
    this.#socket.once('close', cancel);
    try {
      await this.#out.transfer(messages);
    } catch (error) {
      const { log } = this.#context.answering;
      log.warn('A transfer failed', { client: this.client.address, reason: String(error) });
      this.#socket.destroy();
    }
    this.#socket.off('close', cancel);
    this.#transfers--;
    this.#settled();
  }

  /** A transfer has its connection to itself: each holds messages, and one client may ask for many. */
  #mustPause(): boolean {
    return this.#isClosing || this.#transfers > 0 || this.#slow.isFull || this.#out.isFull;
  }

  #pauseCause(): ServerCounter {
    if (this.#transfers > 0) return 'tcp_paused_transfer';
    return this.#slow.isFull ? 'tcp_paused_queries' : 'tcp_paused_unsent';
  }

  /** The client took what was written, or a slow answer made room: go on where reading stopped. */
  #resume(): void {
    this.#lastMs = this.#context.answering.clock.monotonic();
    if (!this.#isPaused || this.#mustPause() || this.#socket.destroyed) return;
    this.#isPaused = false;
    this.#answerChunk();
    if (!this.#isPaused) this.#socket.resume();
  }

  #settled(): void {
    if (this.#socket.destroyed) return;
    this.#resume();
    if (this.#hasPeerEnded) this.#endWhenDone();
  }

  #peerEnded(): void {
    this.#hasPeerEnded = true;
    if (!this.#isPaused) this.#endWhenDone();
  }

  /** A client that sends no more still gets what it asked for; then the connection is closed. */
  #endWhenDone(): void {
    if (this.#slow.inFlight + this.#transfers > 0) return;
    if (this.#socket.writableLength === 0) this.#socket.destroy();
    else this.#socket.destroySoon();
  }

  #count(counter: ServerCounter): void {
    const { values, slot } = this.#context.answering.counters;
    values[slot[counter]]++;
  }
}
