import type { Octets } from '../dns/index.ts';
import { IOVEC, MMSGHDR, MSG_TRUNC } from './mmsghdr.ts';
import { SOCKADDR_ADDRESS_AT, SOCKADDR_OCTETS, SOCKADDR_PORT_AT } from './socket-address.ts';
import type { SystemCalls } from './system-calls.ts';

/** How many datagrams one system call carries. */
export const BATCH = 64;

const HEADER_WORDS = MMSGHDR.octets / 4;
const FLAGS_WORD = MMSGHDR.flags / 4;
const LENGTH_WORD = MMSGHDR.length / 4;
const IOV_WORDS = IOVEC.octets / 4;
const IOV_LENGTH_WORD = IOVEC.length / 4;

/**
 * Memory for 64 datagrams as recvmmsg and sendmmsg take them: the octets of datagram `i` start at
 * `i * slotOctets`, its socket address at `i * nameOctets`. Made once, so that nothing is allocated
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

  constructor(calls: SystemCalls, family: 4 | 6, slotOctets: number) {
    this.slotOctets = slotOctets;
    this.nameOctets = SOCKADDR_OCTETS[family];
    this.addressAt = SOCKADDR_ADDRESS_AT[family];
    this.octets = new Uint8Array(BATCH * slotOctets);
    this.names = new Uint8Array(BATCH * this.nameOctets);
    this.#nameWords = new Uint32Array(this.names.buffer);
    const headers = new Uint8Array(BATCH * MMSGHDR.octets);
    const iovs = new Uint8Array(BATCH * IOVEC.octets);
    this.#headers = new Uint32Array(headers.buffer);
    this.#iovs = new Uint32Array(iovs.buffer);
    this.#point(calls, new DataView(headers.buffer), new DataView(iovs.buffer));
    const first = calls.addressOf(headers);
    this.headerAddress = Array.from(
      { length: BATCH },
      (_, slot) => first + BigInt(slot * MMSGHDR.octets),
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

  #point(calls: SystemCalls, headers: DataView, iovs: DataView): void {
    const octets = calls.addressOf(this.octets);
    const names = calls.addressOf(this.names);
    const firstIov = calls.addressOf(this.#iovs);
    for (let slot = 0; slot < BATCH; slot++) {
      const iov = slot * IOVEC.octets;
      iovs.setBigUint64(iov + IOVEC.base, octets + BigInt(slot * this.slotOctets), true);
      iovs.setBigUint64(iov + IOVEC.length, BigInt(this.slotOctets), true);
      const header = slot * MMSGHDR.octets;
      headers.setBigUint64(header + MMSGHDR.name, names + BigInt(slot * this.nameOctets), true);
      // The kernel sets it to what it wrote: the same again, for all clients are of one family.
      headers.setUint32(header + MMSGHDR.nameLength, this.nameOctets, true);
      headers.setBigUint64(header + MMSGHDR.iov, firstIov + BigInt(iov), true);
      headers.setBigUint64(header + MMSGHDR.iovCount, 1n, true);
    }
  }
}
