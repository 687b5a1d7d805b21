import type { RemoteInfo } from 'node:dgram';
import { closeSync } from 'node:fs';
import { type Octets, RCODE } from '../dns/index.ts';
import type { Answering } from './answering.ts';
import { MAX_DATAGRAM_OCTETS, writeHeader } from './bare-response.ts';
import { ClientName } from './client-name.ts';
import { Meter, type ServerCounter } from './counters.ts';
import { BATCH, DatagramBatch } from './datagram-batch.ts';
import { trackedDuplicateOf } from './duplicate.ts';
import { Readiness } from './readiness.ts';
import { SendQueue } from './send-queue.ts';
import { MAX_SLOW_DATAGRAMS, type ServedSocket, type ServeUdp } from './served-socket.ts';
import { SlowQueries } from './slow-queries.ts';
import { readSockaddr } from './socket-address.ts';
import type { SystemCalls } from './system-calls.ts';

/**
 * Batches that one turn of the event loop may read of a socket. Timers, TCP and the forwarder wait
 * a few milliseconds at most, however many queries there are.
 */
const BATCHES_A_TURN = 16;

/**
 * UDP by recvmmsg and sendmmsg, for kept sockets. `dgram` tells when a socket has something to read,
 * and reads the first datagram; the rest of the queue is read here, 64 a call.
 */
export function batchedUdp(calls: SystemCalls): ServeUdp {
  return async (listen, answering) => {
    const descriptor = trackedDuplicateOf(calls, listen);
    try {
      return new BatchedUdp(descriptor, listen.family, calls, answering);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  };
}

class BatchedUdp implements ServedSocket {
  readonly #descriptor: number;
  readonly #family: 4 | 6;
  readonly #calls: SystemCalls;
  readonly #answering: Answering;
  readonly #meter: Meter;
  readonly #slow: SlowQueries;
  readonly #readiness: Readiness;
  readonly #received: DatagramBatch;
  readonly #queue: SendQueue;
  /** The client of the datagram that `dgram` read. */
  readonly #name: ClientName;
  readonly #queries: number;
  #batchesLeft = BATCHES_A_TURN;
  /** The last read found something. */
  #isBusy = false;
  #isReading = true;
  #isOpen = true;

  constructor(descriptor: number, family: 4 | 6, calls: SystemCalls, answering: Answering) {
    const { counters, udpPayloadMax } = answering;
    this.#descriptor = descriptor;
    this.#family = family;
    this.#calls = calls;
    this.#answering = answering;
    this.#meter = new Meter(counters);
    this.#slow = new SlowQueries(answering, MAX_SLOW_DATAGRAMS, this.#meter);
    this.#received = new DatagramBatch(calls, family, MAX_DATAGRAM_OCTETS);
    // Whole cache lines, and room for a bare response to any query that is answered without reading.
    const slotOctets = (Math.max(udpPayloadMax, 512) + 63) & ~63;
    this.#queue = new SendQueue(calls, descriptor, family, slotOctets, counters);
    this.#name = new ClientName(family);
    this.#queries = counters.slot[family === 4 ? 'udp4_queries' : 'udp6_queries'];
    const reader = { ready: this.#ready.bind(this), turn: this.#turn.bind(this) };
    this.#readiness = new Readiness(calls, { descriptor, family }, reader, answering);
  }

  async close(drainMs: number): Promise<void> {
    this.#isReading = false;
    this.#readiness.close();
    await this.#slow.drain(drainMs);
    this.#queue.flush();
    this.#isOpen = false;
    closeSync(this.#descriptor);
  }

  /** `dgram` has read one datagram; as a rule more are waiting. */
  #ready(message: Buffer, remote: RemoteInfo): void {
    const startMs = this.#answering.clock.monotonic();
    this.#answerFirst(message, remote);
    // Alone it is answered at once; in traffic it leaves with the batch behind it.
    this.#readBatches(this.#isBusy ? startMs : this.#flush(startMs));
    if (this.#batchesLeft === 0) this.#readiness.turnLater();
  }

  /** Sends what is queued, and reads on; returns how many datagrams came. */
  #turn(): number {
    if (!this.#isOpen) return 0;
    this.#batchesLeft = BATCHES_A_TURN;
    const count = this.#readBatches(this.#answering.clock.monotonic());
    this.#queue.flush();
    return count;
  }

  /**
   * Reads until the queue is empty or the turn's share is used up; returns how many came. A batch
   * that is not full was the last: who asks again as soon as it is answered would keep us here
   * otherwise, while slow answers, which are promises, wait for the turn to end.
   */
  #readBatches(firstMs: number): number {
    let startMs = firstMs;
    let read = 0;
    let count = BATCH;
    while (count === BATCH && this.#batchesLeft > 0 && this.#isReading) {
      this.#batchesLeft--;
      count = this.#calls.receive(this.#descriptor, this.#received.headerAddress[0], BATCH);
      this.#isBusy = count > 0;
      if (count > 0) {
        read += count;
        this.#answerBatch(count);
      }
      startMs = this.#flush(startMs);
    }
    return read;
  }

  #answerBatch(count: number): void {
    const { client, counters } = this.#answering;
    const { values, slot } = counters;
    values[slot.udp_batches]++;
    values[slot.udp_batched_datagrams] += count;
    values[this.#queries] += count;
    client.octets = this.#received.names;
    client.length = this.#family === 4 ? 4 : 16;
    client.isTcp = false;
    let octets = 0;
    for (let at = 0; at < count; at++) {
      octets += this.#received.lengthOf(at);
      if (this.#received.hasPort(at)) this.#answerOne(at);
      else this.#drop('dropped_port_zero');
    }
    values[slot.udp_received_octets] += octets;
  }

  #answerOne(at: number): void {
    const received = this.#received;
    const start = at * received.slotOctets;
    const end = start + received.lengthOf(at);
    this.#answering.client.at = at * received.nameOctets + received.addressAt;
    const octets = this.#answer(received.octets, start, end, received.isCut(at));
    if (octets > 0) {
      this.#meter.response(this.#queue.batch.octets, this.#queue.at, octets);
      this.#queue.add(octets, received, at);
    } else if (octets === 0) {
      const nameAt = at * received.nameOctets;
      const name = received.names.slice(nameAt, nameAt + received.nameOctets);
      this.#answerSlowly(received.octets.slice(start, end), name);
    } else {
      this.#drop('dropped_unanswered');
    }
  }

  #answerFirst(message: Buffer, { address, port }: RemoteInfo): void {
    const { client, counters } = this.#answering;
    counters.values[this.#queries]++;
    counters.values[counters.slot.udp_received_octets] += message.length;
    if (port === 0) {
      this.#drop('dropped_port_zero');
      return;
    }
    this.#name.fill(address, port);
    client.octets = this.#name.octets;
    client.at = this.#name.addressAt;
    client.length = this.#family === 4 ? 4 : 16;
    client.isTcp = false;
    const isCut = message.length > MAX_DATAGRAM_OCTETS;
    const octets = this.#answer(message, 0, message.length, isCut);
    if (octets > 0) {
      this.#meter.response(this.#queue.batch.octets, this.#queue.at, octets);
      this.#queue.addFor(octets, this.#name.octets);
    } else if (octets === 0) {
      this.#answerSlowly(Uint8Array.from(message), this.#name.octets.slice());
    } else {
      this.#drop('dropped_unanswered');
    }
  }

  /** Writes a response where the queue wants the next one. */
  #answer(query: Octets, start: number, end: number, isCut: boolean): number {
    const { answerInto, udpPayloadMax } = this.#answering;
    const { batch, at } = this.#queue;
    if (!isCut) return answerInto(query, start, end, batch.octets, at, udpPayloadMax);
    this.#drop('dropped_oversized');
    return writeHeader(query, start, end, batch.octets, at, { rcode: RCODE.FORMERR });
  }

  #answerSlowly(query: Octets, name: Octets): void {
    const { address = '', port = 0 } = readSockaddr(name) ?? {};
    const client = { address, port, transport: 'udp' } as const;
    this.#slow.take(query, client, this.#answering.udpPayloadMax, response => {
      if (!this.#isOpen) return;
      this.#queue.batch.octets.set(response, this.#queue.at);
      this.#queue.addFor(response.length, name);
      this.#readiness.turnLater();
    });
  }

  /** Sends what is queued; returns the time, at which the next batch begins. */
  #flush(startMs: number): number {
    const { count } = this.#queue;
    this.#queue.flush();
    const nowMs = this.#answering.clock.monotonic();
    if (count > 0) this.#meter.duration(nowMs - startMs, count);
    return nowMs;
  }

  #drop(cause: ServerCounter): void {
    const { values, slot } = this.#answering.counters;
    values[slot[cause]]++;
  }
}
