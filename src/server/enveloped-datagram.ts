import type { Octets } from '../dns/index.ts';
import { IOVEC, MMSGHDR, MSG_TRUNC } from './mmsghdr.ts';
import { SOCKADDR_ADDRESS_AT, SOCKADDR_OCTETS, SOCKADDR_PORT_AT } from './socket-address.ts';
import type { SystemCalls } from './system-calls.ts';

/*
 * An envelope holds the client's socket address, and from 32 on the control message of IP_PKTINFO
 * or IPV6_PKTINFO (`struct cmsghdr` of 16 octets, then):
 *
 *   IPv4: 48 interface  52 our address (of a broadcast: the interface's)  56 address in the header
 *   IPv6: 48 our address  64 interface
 */
const CONTROL_AT = 32;
const CONTROL_OCTETS = { 4: 32, 6: 40 } as const;
const INTERFACE_AT = { 4: 48, 6: 64 } as const;
const OUR_ADDRESS_AT = 48;

/**
 * Memory for one query and one response that have their envelope in common: who asked, and at which
 * of our addresses. What is sent leaves from there, as the kernel has read it.
 */
export class EnvelopedDatagram {
  readonly query: Octets;
  readonly response: Octets;
  readonly envelope: Octets;
  /** Where the client's address stands in the envelope. */
  readonly addressAt: number;
  readonly #calls: SystemCalls;
  readonly #family: 4 | 6;
  /** Two headers: that of the query, then that of the response. */
  readonly #headers = new DataView(new ArrayBuffer(2 * MMSGHDR.octets));
  readonly #headersAt: bigint;
  readonly #iovs = new DataView(new ArrayBuffer(2 * IOVEC.octets));

  constructor(calls: SystemCalls, family: 4 | 6, queryOctets: number, responseOctets: number) {
    this.#calls = calls;
    this.#family = family;
    this.query = new Uint8Array(queryOctets);
    this.response = new Uint8Array(responseOctets);
    this.envelope = new Uint8Array(CONTROL_AT + CONTROL_OCTETS[family]);
    this.addressAt = SOCKADDR_ADDRESS_AT[family];
    this.#headersAt = calls.addressOf(new Uint8Array(this.#headers.buffer));
    for (const [slot, octets] of [this.query, this.response].entries()) this.#point(slot, octets);
  }

  /** Reads the next query into its place; its octets, or what the kernel says, 0 or less. */
  receive(descriptor: number): number {
    this.#reset(0);
    const count = this.#calls.receive(descriptor, this.#headersAt, 1);
    if (count < 1) return count;
    if (!this.#isLinkLocal()) this.#setInterface(0);
    return this.#headers.getUint32(MMSGHDR.length, true);
  }

  /** Says whether the query was longer than its place. */
  get isCut(): boolean {
    return (this.#headers.getUint32(MMSGHDR.flags, true) & MSG_TRUNC) !== 0;
  }

  get hasPort(): boolean {
    return (this.envelope[SOCKADDR_PORT_AT] | this.envelope[SOCKADDR_PORT_AT + 1]) !== 0;
  }

  /** Sends the first `octets` of the response by the envelope; false when the kernel refuses. */
  send(descriptor: number, octets: number): boolean {
    this.#reset(MMSGHDR.octets);
    this.#iovs.setUint32(IOVEC.octets + IOVEC.length, octets, true);
    return this.#calls.send(descriptor, this.#headersAt + BigInt(MMSGHDR.octets), 1) === 1;
  }

  #point(slot: number, octets: Octets): void {
    const iov = slot * IOVEC.octets;
    this.#iovs.setBigUint64(iov + IOVEC.base, this.#calls.addressOf(octets), true);
    this.#iovs.setBigUint64(iov + IOVEC.length, BigInt(octets.length), true);
    const header = slot * MMSGHDR.octets;
    const envelope = this.#calls.addressOf(this.envelope);
    const iovs = this.#calls.addressOf(new Uint8Array(this.#iovs.buffer));
    this.#headers.setBigUint64(header + MMSGHDR.name, envelope, true);
    this.#headers.setBigUint64(header + MMSGHDR.iov, iovs + BigInt(iov), true);
    this.#headers.setBigUint64(header + MMSGHDR.iovCount, 1n, true);
    this.#headers.setBigUint64(header + MMSGHDR.control, envelope + BigInt(CONTROL_AT), true);
  }

  /** The kernel writes to the header what it used. */
  #reset(header: number): void {
    this.#headers.setUint32(header + MMSGHDR.nameLength, SOCKADDR_OCTETS[this.#family], true);
    this.#headers.setUint32(header + MMSGHDR.controlLength, CONTROL_OCTETS[this.#family], true);
  }

  /** Routes decide where a response leaves, which need not be where the query came in. */
  #setInterface(number: number): void {
    new DataView(this.envelope.buffer).setUint32(INTERFACE_AT[this.#family], number, true);
  }

  /** An address of fe80::/10 means nothing without its interface (RFC 4007). */
  #isLinkLocal(): boolean {
    const [first, second] = this.envelope.subarray(OUR_ADDRESS_AT);
    return this.#family === 6 && first === 0xfe && (second & 0xc0) === 0x80;
  }
}
