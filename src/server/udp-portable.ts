import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Octets, RCODE } from '../dns/index.ts';
import type { Answering } from './answering.ts';
import { MAX_DATAGRAM_OCTETS, writeHeader } from './bare-response.ts';
import { ClientName } from './client-name.ts';
import { Meter } from './counters.ts';
import { duplicateOf } from './duplicate.ts';
import type { ListenSocket } from './listeners.ts';
import { MAX_SLOW_DATAGRAMS, type ServedSocket, type ServeUdp } from './served-socket.ts';
import { SlowQueries } from './slow-queries.ts';
import type { SystemCalls } from './system-calls.ts';

/** Responses that the event loop may still be sending while the next ones are written. */
const RING = 256;
/**
 * Every so manieth response is sent with a callback, which costs 4 % of a query. When that one fails,
 * it counts for all since the last look.
 */
const LOOK_EVERY = 16;

/**
 * UDP by Node's own `dgram`. `calls` are needed for kept sockets only; without them each socket is
 * bound here, its port shared between threads where the kernel can.
 */
export function portableUdp(calls: SystemCalls | undefined): ServeUdp {
  return async (listen, answering) => {
    const socket = createSocket({
      type: listen.family === 4 ? 'udp4' : 'udp6',
      ipv6Only: listen.family === 6,
      reuseAddr: true,
      reusePort: listen.descriptor === undefined && process.platform === 'linux',
      recvBufferSize: 4 << 20,
      // Addresses are never names here: what comes in as text goes out as it is, at once.
      lookup: (address, _options, found) => found(null, address, listen.family),
    });
    const bound = once(socket, 'listening');
    if (listen.descriptor === undefined)
      socket.bind({ address: bindText(listen), port: listen.port });
    else socket.bind({ fd: duplicateOf(calls, listen) });
    await bound;
    return new PortableUdp(socket, listen.family, answering);
  };
}

/** Node takes the interface of a link-local address as its number behind a percent sign. */
function bindText({ address, scopeId }: ListenSocket): string {
  return scopeId === 0 ? address : `${address}%${scopeId}`;
}

class PortableUdp implements ServedSocket {
  readonly #socket: Socket;
  readonly #family: 4 | 6;
  readonly #answering: Answering;
  readonly #name: ClientName;
  readonly #meter: Meter;
  readonly #slow: SlowQueries;
  readonly #ring: Buffer;
  readonly #slotOctets: number;
  /** The responses of each length in the first slot, from which nearly all leave. */
  readonly #views: (Buffer | undefined)[];
  #slot = 0;
  #untilLook = 1;
  /** How many responses the next look stands for. */
  #unseen = 1;
  #isOpen = true;

  constructor(socket: Socket, family: 4 | 6, answering: Answering) {
    this.#socket = socket;
    this.#family = family;
    this.#answering = answering;
    this.#name = new ClientName(family);
    this.#meter = new Meter(answering.counters);
    this.#slow = new SlowQueries(answering, MAX_SLOW_DATAGRAMS, this.#meter);
    this.#slotOctets = Math.max(answering.udpPayloadMax, 512);
    this.#ring = Buffer.allocUnsafeSlow(RING * this.#slotOctets);
    this.#views = Array.from({ length: this.#slotOctets + 1 });
    socket.on('message', (message, remote) => this.#receive(message, remote));
    socket.on('error', error => answering.log.warn('UDP socket', { reason: error.message }));
  }

  async close(drainMs: number): Promise<void> {
    await this.#slow.drain(drainMs);
    this.#isOpen = false;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #receive(message: Buffer, remote: RemoteInfo): void {
    const { counters, clock } = this.#answering;
    const { values, slot } = counters;
    values[this.#family === 4 ? slot.udp4_queries : slot.udp6_queries]++;
    values[slot.udp_received_octets] += message.length;
    if (remote.port === 0) {
      values[slot.dropped_port_zero]++;
      return;
    }
    const startMs = clock.monotonic();
    // As a rule the kernel takes a response at once, and its slot is free again.
    if (this.#socket.getSendQueueCount() === 0) this.#slot = 0;
    const at = this.#slot * this.#slotOctets;
    const length = this.#answer(message, remote, at);
    if (length > 0) {
      this.#slot = (this.#slot + 1) % RING;
      this.#meter.response(this.#ring, at, length);
      this.#send(this.#view(at, length), remote);
      this.#meter.duration(clock.monotonic() - startMs, 1);
    } else if (length === 0) {
      this.#answerSlowly(Uint8Array.from(message), remote);
    } else {
      values[slot.dropped_unanswered]++;
    }
  }

  #answer(message: Buffer, remote: RemoteInfo, at: number): number {
    const { answerInto, client, counters, udpPayloadMax } = this.#answering;
    if (message.length > MAX_DATAGRAM_OCTETS) {
      counters.values[counters.slot.dropped_oversized]++;
      const bare = { rcode: RCODE.FORMERR };
      return writeHeader(message, 0, message.length, this.#ring, at, bare);
    }
    this.#name.fill(remote.address, remote.port);
    client.octets = this.#name.octets;
    client.at = this.#name.addressAt;
    client.length = this.#family === 4 ? 4 : 16;
    client.isTcp = false;
    return answerInto(message, 0, message.length, this.#ring, at, udpPayloadMax);
  }

  #answerSlowly(octets: Octets, remote: RemoteInfo): void {
    const client = { address: plain(remote.address), port: remote.port, transport: 'udp' } as const;
    this.#slow.take(octets, client, this.#answering.udpPayloadMax, response => {
      if (this.#isOpen) this.#send(response, remote);
    });
  }

  #view(at: number, length: number): Octets {
    if (at > 0) return this.#ring.subarray(at, at + length);
    this.#views[length] ??= this.#ring.subarray(0, length);
    return this.#views[length];
  }

  #send(octets: Octets, { port, address }: RemoteInfo): void {
    const { values, slot } = this.#answering.counters;
    values[slot.udp_responses]++;
    values[slot.udp_sent_octets] += octets.length;
    if (--this.#untilLook > 0) this.#socket.send(octets, port, address);
    else this.#socket.send(octets, port, address, this.#look());
  }

  #look(): (error: Error | null) => void {
    const { values, slot } = this.#answering.counters;
    const unseen = this.#unseen;
    this.#untilLook = this.#unseen = LOOK_EVERY;
    return error => {
      if (error) values[slot.dropped_unsendable] += unseen;
    };
  }
}

function plain(address: string): string {
  const zoneAt = address.indexOf('%');
  return zoneAt < 0 ? address : address.slice(0, zoneAt);
}
