import { constants } from 'node:os';
import type { Octets } from '../dns/index.ts';
import type { Counters } from '../runtime/index.ts';
import type { ServerCounter } from './counters.ts';
import { BATCH, DatagramBatch } from './datagram-batch.ts';
import type { SystemCalls } from './system-calls.ts';

const { EAGAIN, EINTR, ENOBUFS } = constants.errno;

/** Responses of one socket on their way out: written in place, sent up to 64 in one call. */
export class SendQueue {
  readonly batch: DatagramBatch;
  readonly #calls: SystemCalls;
  readonly #counters: Counters<ServerCounter>;
  readonly #descriptor: number;
  #count = 0;
  #octets = 0;

  constructor(
    calls: SystemCalls,
    descriptor: number,
    family: 4 | 6,
    slotOctets: number,
    counters: Counters<ServerCounter>,
  ) {
    this.#calls = calls;
    this.#descriptor = descriptor;
    this.#counters = counters;
    this.batch = new DatagramBatch(calls, family, slotOctets);
  }

  /** How many responses wait. Never 64: the last one that fits sends them all. */
  get count(): number {
    return this.#count;
  }

  /** Where in `batch.octets` the next response is to be written. */
  get at(): number {
    return this.#count * this.batch.slotOctets;
  }

  /** Queues what was written at `at`, for the client that datagram `slot` of `from` came from. */
  add(octets: number, from: DatagramBatch, slot: number): void {
    this.batch.copyName(this.#count, from, slot);
    this.#commit(octets);
  }

  /** Queues what was written at `at`, for the client of this socket address. */
  addFor(octets: number, sockaddr: Octets): void {
    this.batch.names.set(sockaddr, this.#count * this.batch.nameOctets);
    this.#commit(octets);
  }

  /** Sends what waits; what the kernel does not take is dropped and counted, never waited for. */
  flush(): void {
    const count = this.#count;
    if (count === 0) return;
    const { values, slot } = this.#counters;
    values[slot.udp_responses] += count;
    values[slot.udp_sent_octets] += this.#octets;
    this.#count = 0;
    this.#octets = 0;
    const sent = this.#calls.send(this.#descriptor, this.batch.headerAddress[0], count);
    if (sent < count) this.#sendRest(sent, count);
  }

  #commit(octets: number): void {
    this.batch.setLength(this.#count, octets);
    this.#octets += octets;
    if (++this.#count === BATCH) this.flush();
  }

  /** The kernel stops at a response it refuses, and says why when that is the first of a call. */
  #sendRest(result: number, count: number): void {
    const { values, slot } = this.#counters;
    let from = 0;
    let last = result;
    for (;;) {
      if (last > 0) from += last;
      else if (last === -EAGAIN || last === -ENOBUFS) {
        values[slot.dropped_send_full] += count - from;
        return;
      } else if (last !== -EINTR) {
        values[slot.dropped_unsendable]++;
        from++;
      }
      if (from >= count) return;
      last = this.#calls.send(this.#descriptor, this.batch.headerAddress[from], count - from);
    }
  }
}
