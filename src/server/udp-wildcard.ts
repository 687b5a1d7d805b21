import { type Octets, RCODE } from '../dns/index.ts';
import type { Answering } from './answering.ts';
import { MAX_DATAGRAM_OCTETS, writeHeader } from './bare-response.ts';
import { Meter, type ServerCounter } from './counters.ts';
import { type Doorbell, doorbell } from './doorbell.ts';
import { EnvelopedDatagram } from './enveloped-datagram.ts';
import { MAX_SLOW_DATAGRAMS, type ServedSocket, type ServeUdp } from './served-socket.ts';
import { SlowQueries } from './slow-queries.ts';
import { readSockaddr } from './socket-address.ts';
import type { SystemCalls } from './system-calls.ts';

/** Datagrams that one turn of the event loop may read; the bell rings again for the rest. */
const DATAGRAMS_A_TURN = 256;

/**
 * UDP at every address of the machine: what was sent to an address that has no socket of its own,
 * because it is on no interface (127.0.0.9, a local route of a whole network) or because its
 * interface has it since a moment ago. Each response leaves from the address that was asked. There
 * is little such traffic, so that a datagram may cost two system calls.
 */
export function wildcardUdp(calls: SystemCalls): ServeUdp {
  return async ({ descriptor, family }, answering) => {
    if (descriptor === undefined) throw new TypeError('There is no kept socket to serve');
    calls.set(descriptor, family === 4 ? 'packetInfo4' : 'packetInfo6', 1);
    if (family === 6) calls.set(descriptor, 'freeBind6', 1);
    return new WildcardUdp(descriptor, family, calls, answering);
  };
}

class WildcardUdp implements ServedSocket {
  /**
   * The control thread's own, which outlives every thread: unlike that of an interface address. A
   * copy would be left behind by a thread that dies.
   */
  readonly #descriptor: number;
  readonly #family: 4 | 6;
  readonly #answering: Answering;
  readonly #meter: Meter;
  readonly #slow: SlowQueries;
  readonly #datagram: EnvelopedDatagram;
  readonly #bell: Doorbell;
  #isOpen = true;

  constructor(descriptor: number, family: 4 | 6, calls: SystemCalls, answering: Answering) {
    this.#descriptor = descriptor;
    this.#family = family;
    this.#answering = answering;
    this.#meter = new Meter(answering.counters);
    this.#slow = new SlowQueries(answering, MAX_SLOW_DATAGRAMS, this.#meter);
    const responseOctets = Math.max(answering.udpPayloadMax, 512);
    this.#datagram = new EnvelopedDatagram(calls, family, MAX_DATAGRAM_OCTETS, responseOctets);
    this.#bell = doorbell(calls, descriptor, () => this.#ready());
  }

  async close(drainMs: number): Promise<void> {
    await Promise.all([this.#bell.close(), this.#slow.drain(drainMs)]);
    this.#isOpen = false;
  }

  #ready(): void {
    for (let left = DATAGRAMS_A_TURN; left > 0; left--) {
      const octets = this.#datagram.receive(this.#descriptor);
      if (octets < 0) return;
      this.#answerOne(octets);
    }
  }

  #answerOne(received: number): void {
    const { clock, counters } = this.#answering;
    this.#count(this.#family === 4 ? 'udp4_queries' : 'udp6_queries');
    counters.values[counters.slot.udp_received_octets] += received;
    if (!this.#datagram.hasPort) {
      this.#count('dropped_port_zero');
      return;
    }
    const startMs = clock.monotonic();
    const octets = this.#answer(received);
    if (octets > 0) {
      this.#meter.response(this.#datagram.response, 0, octets);
      this.#send(octets);
      this.#meter.duration(clock.monotonic() - startMs, 1);
    } else if (octets === 0) {
      this.#answerSlowly(received);
    } else {
      this.#count('dropped_unanswered');
    }
  }

  #answer(received: number): number {
    const { answerInto, client, udpPayloadMax } = this.#answering;
    const { query, response, envelope, addressAt, isCut } = this.#datagram;
    client.octets = envelope;
    client.at = addressAt;
    client.length = this.#family === 4 ? 4 : 16;
    client.isTcp = false;
    if (!isCut) return answerInto(query, 0, received, response, 0, udpPayloadMax);
    this.#count('dropped_oversized');
    return writeHeader(query, 0, received, response, 0, { rcode: RCODE.FORMERR });
  }

  #answerSlowly(received: number): void {
    const { query, envelope, response } = this.#datagram;
    const asked = envelope.slice();
    const { address = '', port = 0 } = readSockaddr(asked) ?? {};
    const client = { address, port, transport: 'udp' } as const;
    const send = (octets: Octets) => {
      if (!this.#isOpen) return;
      envelope.set(asked);
      response.set(octets);
      this.#send(octets.length);
    };
    this.#slow.take(query.slice(0, received), client, this.#answering.udpPayloadMax, send);
  }

  #send(octets: number): void {
    const { values, slot } = this.#answering.counters;
    values[slot.udp_responses]++;
    values[slot.udp_sent_octets] += octets;
    if (!this.#datagram.send(this.#descriptor, octets)) this.#count('dropped_unsendable');
  }

  #count(what: ServerCounter): void {
    const { values, slot } = this.#answering.counters;
    values[slot[what]]++;
  }
}
