import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Octets, RCODE } from '../dns/index.ts';
import type { Answering } from './answering.ts';
import { MAX_DATAGRAM_OCTETS, writeHeader } from './bare-response.ts';
import { ClientName } from './client-name.ts';
import { Meter, type ServerCounter } from './counters.ts';
import { BATCH, DatagramBatch } from './datagram-batch.ts';
import { duplicateOf } from './duplicate.ts';
import { SendQueue } from './send-queue.ts';
import { MAX_SLOW_DATAGRAMS, type ServedSocket, type ServeUdp } from './served-socket.ts';
import { SlowQueries } from './slow-queries.ts';
import { readSockaddr } from './socket-address.ts';
import type { SystemCalls } from './system-calls.ts';

/**
 * Batches that one turn of the event loop may read of a socket. Timers, TCP and the forwarder wait
 * about a millisecond at most, however many queries there are.
 */
const BATCHES_A_TURN = 16;

/**
 * UDP by recvmmsg and sendmmsg, for kept sockets. `dgram` only watches the socket: when it has read
 * one datagram, the rest of the queue is read here, 64 a call.
 */
export function batchedUdp(calls: SystemCalls): ServeUdp {
  return async (listen, answering) => {
    const socket = createSocket(listen.family === 4 ? 'udp4' : 'udp6');
    const descriptor = duplicateOf(calls, listen);
    const bound = once(socket, 'listening');
    socket.bind({ fd: descriptor });
    await bound;
    return new BatchedUdp(socket, descriptor, listen.family, calls, answering);
  };
}

class BatchedUdp implements ServedSocket {
  readonly #socket: Socket;
  readonly #descriptor: number;
  readonly #family: 4 | 6;
  readonly #calls: SystemCalls;
  readonly #answering: Answering;
  readonly #meter: Meter;
  readonly #slow: SlowQueries;
  readonly #received: DatagramBatch;
  readonly #queue: SendQueue;
  /** The client of the datagram that `dgram` read. */
  readonly #name: ClientName;
  readonly #queries: number;
  #batchesLeft = BATCHES_A_TURN;
  /** The last read found something. */
  #isBusy = false;
  #isTurnEndAwaited = false;
  #isReading = true;
  #isOpen = true;

  constructor(
    socket: Socket,
    descriptor: number,
    family: 4 | 6,
    calls: SystemCalls,
    answering: Answering,
  ) {
    const { counters, udpPayloadMax, log } = answering;
    this.#socket = socket;
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
    socket.on('message', (message, remote) => this.#ready(message, remote));
    socket.on('error', error => log.warn('UDP socket', { reason: error.message }));
  }

  async close(drainMs: number): Promise<void> {
    // Slow answers leave by a descriptor that nothing reads from.
    const descriptor = this.#calls.duplicate(this.#descriptor);
    this.#queue.moveTo(descriptor);
    this.#isReading = false;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await Promise.all([closed, this.#slow.drain(drainMs)]);
    this.#queue.flush();
    this.#isOpen = false;
    this.#calls.close(descriptor);
  }

  /** `dgram` has read one datagram; as a rule more are waiting. */
  #ready(message: Buffer, remote: RemoteInfo): void {
    const startMs = this.#answering.clock.monotonic();
    this.#answerFirst(message, remote);
    // Alone it is answered at once; in traffic it leaves with the batch behind it.
    this.#readBatches(this.#isBusy ? startMs : this.#flush(startMs));
    if (this.#batchesLeft === 0) this.#endTurnLater();
  }

  /** Reads until the queue is empty or the turn's share is used up. */
  #readBatches(firstMs: number): void {
    let startMs = firstMs;
    let count = BATCH;
    while (count === BATCH && this.#batchesLeft > 0 && this.#isReading) {
      this.#batchesLeft--;
      count = this.#calls.receive(this.#descriptor, this.#received.headerAddress[0], BATCH);
      this.#isBusy = count > 0;
      if (count > 0) this.#answerBatch(count);
      startMs = this.#flush(startMs);
    }
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
      this.#endTurnLater();
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

  /** When all else had its turn: sends what is queued, and allows the next batches. */
  #endTurnLater(): void {
    if (this.#isTurnEndAwaited) return;
    this.#isTurnEndAwaited = true;
    setImmediate(() => {
      this.#isTurnEndAwaited = false;
      this.#batchesLeft = BATCHES_A_TURN;
      if (this.#isOpen) this.#queue.flush();
    });
  }

  #drop(cause: ServerCounter): void {
    const { values, slot } = this.#answering.counters;
    values[slot[cause]]++;
  }
}
