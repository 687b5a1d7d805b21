import { constants } from 'node:os';
import type { Client, Octets } from '../dns/index.ts';
import type { ConnectionContext } from './connection-context.ts';
import { answerFramed } from './framed-answer.ts';
import { readSockaddr, SOCKADDR_ADDRESS_AT } from './socket-address.ts';
import type { SystemCalls } from './system-calls.ts';
import { Scratch } from './tcp-writer.ts';

/** A connection that Node does not know of yet. */
interface Visit {
  readonly descriptor: number;
  readonly client: Client;
  readonly address: Octets;
  readonly sinceMs: number;
  hasAsked: boolean;
}

/** A visitor who stays: Node takes him over, with what he has sent and what he is owed. */
export interface StayingVisit {
  readonly descriptor: number;
  readonly client: Client;
  readonly address: Octets;
  /** Read, and not answered yet. */
  readonly unread: Octets;
  /** Framed responses that the kernel had no room for. */
  readonly unsent: Octets;
}

/** Who decides about visitors. */
export interface VisitHost {
  /** Counts a new connection in; false when there is no room for it. */
  admit(address: string): boolean;
  leave(address: string): void;
  stay(visit: StayingVisit): void;
}

const { EAGAIN } = constants.errno;
/** At so many no more are accepted here: Node accepts what waits. */
const MOST_VISITS = 128;
const READ_OCTETS = 16_384;
/** How long a visitor may take to ask, and to leave. Who stays longer gets a socket of Node's. */
const VISIT_MS = 4;
const LOOK_EVERY_MS = 2;
const POLL_IN = 1;
const MIN_MESSAGE_OCTETS = 12;
const NOTHING = new Uint8Array(0);

/**
 * Most TCP clients ask one question and leave. They are accepted, answered and seen off by system
 * calls, for a third of what a socket of Node's costs; whoever stays, sends half a message or asks
 * what is slow to answer is handed over to Node within milliseconds.
 */
export class TcpVisits {
  readonly #calls: SystemCalls;
  readonly #context: ConnectionContext;
  readonly #host: VisitHost;
  readonly #writeOctets: number;
  readonly #out: Octets;
  readonly #outAt: bigint;
  readonly #in = new Uint8Array(READ_OCTETS);
  readonly #inAt: bigint;
  /** `struct pollfd`: the descriptor, then events and, in the upper half, what happened. */
  readonly #polled = new Int32Array(2 * MOST_VISITS);
  readonly #polledAt: bigint;
  readonly #name = new Uint8Array(28);
  readonly #nameAt: bigint;
  readonly #nameLength = new Uint32Array(1);
  readonly #nameLengthAt: bigint;
  #visits: Visit[] = [];
  #stopLooking: (() => void) | undefined;

  constructor(calls: SystemCalls, context: ConnectionContext, host: VisitHost) {
    const { writeOctets, buffer } = new Scratch(context.limits);
    this.#calls = calls;
    this.#context = context;
    this.#host = host;
    this.#writeOctets = writeOctets;
    this.#out = buffer;
    this.#outAt = calls.addressOf(this.#out);
    this.#inAt = calls.addressOf(this.#in);
    this.#polledAt = calls.addressOf(this.#polled);
    this.#nameAt = calls.addressOf(this.#name);
    this.#nameLengthAt = calls.addressOf(this.#nameLength);
  }

  /** Accepts what waits at a listening socket, after looking after those who are here. */
  receive(listening: number): void {
    this.#look();
    while (this.#visits.length < MOST_VISITS && this.#accept(listening));
    if (this.#visits.length > 0) this.#lookLater();
  }

  /** Sees everybody off. */
  close(): void {
    this.#stopLooking?.();
    for (const visit of this.#visits.splice(0)) this.#leave(visit);
  }

  #accept(listening: number): boolean {
    this.#nameLength[0] = this.#name.length;
    const descriptor = this.#calls.accept(listening, this.#nameAt, this.#nameLengthAt);
    if (descriptor < 0) return false;
    const from = readSockaddr(this.#name);
    if (!from || !this.#host.admit(from.address)) {
      this.#calls.close(descriptor);
      return true;
    }
    const { address, port, family } = from;
    const at = SOCKADDR_ADDRESS_AT[family];
    const visit: Visit = {
      descriptor,
      client: { address, port, transport: 'tcp' },
      address: this.#name.slice(at, at + (family === 4 ? 4 : 16)),
      sinceMs: this.#context.answering.clock.monotonic(),
      hasAsked: false,
    };
    const { values, slot } = this.#context.answering.counters;
    values[slot.tcp_visits]++;
    if (this.#serve(visit)) this.#visits.push(visit);
    return true;
  }

  /** Serves those who have something to say, and hands over those who stay. */
  #look(): void {
    const visits = this.#visits;
    if (visits.length === 0) return;
    for (let at = 0; at < visits.length; at++) {
      this.#polled[2 * at] = visits[at].descriptor;
      this.#polled[2 * at + 1] = POLL_IN;
    }
    this.#calls.poll(this.#polledAt, visits.length);
    const nowMs = this.#context.answering.clock.monotonic();
    this.#visits = visits.filter((visit, at) => {
      const hasSpoken = this.#polled[2 * at + 1] >>> 16 !== 0;
      if (hasSpoken) return this.#serve(visit);
      if (nowMs - visit.sinceMs < VISIT_MS) return true;
      return this.#stay(visit);
    });
  }

  #lookLater(): void {
    this.#stopLooking ??= this.#context.answering.clock.after(LOOK_EVERY_MS, () => {
      this.#stopLooking = undefined;
      this.#look();
      if (this.#visits.length > 0) this.#lookLater();
    });
  }

  /** Reads and answers; says whether the visitor is still here, and still a visitor. */
  #serve(visit: Visit): boolean {
    const read = this.#calls.read(visit.descriptor, this.#inAt, READ_OCTETS);
    if (read === -EAGAIN) return true;
    if (read <= 0) return this.#leave(visit);
    const { values, slot } = this.#context.answering.counters;
    values[slot.tcp_received_octets] += read;
    // Who asks again will go on asking.
    return visit.hasAsked ? this.#stay(visit, 0, read) : this.#answer(visit, read);
  }

  #answer(visit: Visit, read: number): boolean {
    const { answering, meter } = this.#context;
    const startMs = answering.clock.monotonic();
    let at = 0;
    let written = 0;
    let answers = 0;
    while (written < this.#writeOctets) {
      const end = this.#endOfMessage(at, read);
      if (end === 0) break;
      const octets = this.#answerOne(visit, at + 2, end, written);
      if (octets === 0) break;
      at = end;
      if (octets > 0) {
        written += octets;
        answers++;
      }
    }
    const sent = written > 0 ? this.#write(visit, written) : 0;
    if (answers > 0) meter.duration(answering.clock.monotonic() - startMs, answers);
    if (at < read || sent < written) return this.#stay(visit, at, read, sent, written);
    visit.hasAsked = true;
    return true;
  }

  #answerOne({ address }: Visit, start: number, end: number, at: number): number {
    const octets = answerFramed(this.#context, address, this.#in, start, end, this.#out, at);
    if (octets === 0) {
      // It will be counted when Node's socket takes it.
      const { values, slot } = this.#context.answering.counters;
      values[address.length === 4 ? slot.tcp4_queries : slot.tcp6_queries]--;
    }
    return octets;
  }

  /** The end of the message whose length stands at `at`; 0 when it is not whole, or no message. */
  #endOfMessage(at: number, read: number): number {
    if (read - at < 2) return 0;
    const length = (this.#in[at] << 8) | this.#in[at + 1];
    const end = at + 2 + length;
    return length >= MIN_MESSAGE_OCTETS && end <= read ? end : 0;
  }

  /** Returns how much the kernel took; of a broken connection Node's socket will hear. */
  #write({ descriptor }: Visit, octets: number): number {
    const { values, slot } = this.#context.answering.counters;
    values[slot.tcp_sent_octets] += octets;
    return Math.max(0, this.#calls.write(descriptor, this.#outAt, octets));
  }

  #leave({ descriptor, client }: Visit): false {
    this.#calls.close(descriptor);
    this.#host.leave(client.address);
    return false;
  }

  /** Hands over, with what was read and not answered, and what was written and not sent. */
  #stay(visit: Visit, unreadAt = 0, unreadEnd = 0, unsentAt = 0, unsentEnd = 0): false {
    const { values, slot } = this.#context.answering.counters;
    // Octets that are read again will be counted again.
    values[slot.tcp_received_octets] -= unreadEnd - unreadAt;
    this.#host.stay({
      descriptor: visit.descriptor,
      client: visit.client,
      address: visit.address,
      unread: unreadEnd > unreadAt ? this.#in.slice(unreadAt, unreadEnd) : NOTHING,
      unsent: unsentEnd > unsentAt ? this.#out.slice(unsentAt, unsentEnd) : NOTHING,
    });
    return false;
  }
}
