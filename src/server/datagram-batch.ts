import type { Octets } from '../dns/index.ts';
import {
  FLAGS_AT,
  HEADER_OCTETS,
  IOV_LENGTH_AT,
  IOV_OCTETS,
  LENGTH_AT,
  MSG_TRUNC,
  NAME_LENGTH_AT,
} from './mmsghdr.ts';
import { SOCKADDR_ADDRESS_AT, SOCKADDR_OCTETS, SOCKADDR_PORT_AT } from './socket-address.ts';
import type { SystemCalls } from './system-calls.ts';

/** How many datagrams one system call carries. */
export const BATCH = 64;

const HEADER_WORDS = HEADER_OCTETS / 4;
const NAME_LENGTH_WORD = NAME_LENGTH_AT / 4;
const FLAGS_WORD = FLAGS_AT / 4;
const LENGTH_WORD = LENGTH_AT / 4;
const IOV_WORDS = IOV_OCTETS / 4;
const IOV_LENGTH_WORD = IOV_LENGTH_AT / 4;
const CACHE_LINE_OCTETS = 64;

/**
 * Memory for 64 datagrams of up to `maxOctets` as recvmmsg and sendmmsg take them: the octets of
 * datagram `i` start at `i * slotOctets`, its socket address at `i * nameOctets`. Made once, so that nothing is allocated
 * while datagrams come and go.
 */
export class DatagramBatch {
  readonly octets: Octets;
  readonly slotOctets: number;
  /** The socket addresses, family of the socket all of them. */
  readonly names: Octets;
  readonly nameOctets: number;
  /** Where a client's address stands within its socket address. */
  readonly addressAt: number;
  /** Where the header of datagram `i` lies in memory, for calls that start at it. */
  readonly headerAddress: readonly bigint[];
  readonly #nameWords: Uint32Array;
  readonly #headers: Uint32Array;
  readonly #iovs: Uint32Array;

  constructor(calls: SystemCalls, family: 4 | 6, maxOctets: number) {
    // An odd number of cache lines: the slots' first lines, all that most datagrams use, then lie in
    // different sets of the cache instead of driving each other out.
    const lines = Math.ceil(maxOctets / CACHE_LINE_OCTETS) | 1;
    this.slotOctets = lines * CACHE_LINE_OCTETS;
    this.nameOctets = SOCKADDR_OCTETS[family];
    this.addressAt = SOCKADDR_ADDRESS_AT[family];
    this.octets = new Uint8Array(BATCH * this.slotOctets);
    this.names = new Uint8Array(BATCH * this.nameOctets);
    this.#nameWords = new Uint32Array(this.names.buffer);
    const headers = new Uint8Array(BATCH * HEADER_OCTETS);
    const iovs = new Uint8Array(BATCH * IOV_OCTETS);
    this.#headers = new Uint32Array(headers.buffer);
    this.#iovs = new Uint32Array(iovs.buffer);
    this.#point(calls, new DataView(headers.buffer), new DataView(iovs.buffer), maxOctets);
    const first = calls.addressOf(headers);
    this.headerAddress = Array.from(
      { length: BATCH },
      (_, slot) => first + BigInt(slot * HEADER_OCTETS),
    );
  }

  /** The length of a datagram received. */
  lengthOf(slot: number): number {
    return this.#headers[slot * HEADER_WORDS + LENGTH_WORD];
  }

  /** Says whether a datagram received was longer than its slot. */
  isCut(slot: number): boolean {
    return (this.#headers[slot * HEADER_WORDS + FLAGS_WORD] & MSG_TRUNC) !== 0;
  }

  hasPort(slot: number): boolean {
    const at = slot * this.nameOctets + SOCKADDR_PORT_AT;
    return (this.names[at] | this.names[at + 1]) !== 0;
  }

  /** Sets the length of a datagram to send. */
  setLength(slot: number, octets: number): void {
    this.#iovs[slot * IOV_WORDS + IOV_LENGTH_WORD] = octets;
  }

  /** Addresses a datagram to where another came from. */
  copyName(slot: number, from: DatagramBatch, fromSlot: number): void {
    const words = this.nameOctets >> 2;
    const to = slot * words;
    const source = fromSlot * words;
    for (let word = 0; word < words; word++) {
      this.#nameWords[to + word] = from.#nameWords[source + word];
    }
  }

  #point(calls: SystemCalls, headers: DataView, iovs: DataView, maxOctets: number): void {
    const octets = calls.addressOf(this.octets);
    const names = calls.addressOf(this.names);
    const firstIov = calls.addressOf(this.#iovs);
    for (let slot = 0; slot < BATCH; slot++) {
      iovs.setBigUint64(slot * IOV_OCTETS, octets + BigInt(slot * this.slotOctets), true);
      iovs.setBigUint64(slot * IOV_OCTETS + IOV_LENGTH_AT, BigInt(maxOctets), true);
      const header = slot * HEADER_OCTETS;
      headers.setBigUint64(header, names + BigInt(slot * this.nameOctets), true);
      // The kernel sets it to what it wrote: the same again, for all clients are of one family.
      headers.setUint32(header + 4 * NAME_LENGTH_WORD, this.nameOctets, true);
      headers.setBigUint64(header + 16, firstIov + BigInt(slot * IOV_OCTETS), true);
      headers.setBigUint64(header + 24, 1n, true);
    }
  }
}
