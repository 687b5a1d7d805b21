import { addressOctets, type Client, ipAddress, type Octets } from '../dns/index.ts';
import type { Answering } from './answering.ts';
import { Meter, type ServerCounter } from './counters.ts';
import { encrypted } from './encrypted.ts';
import { answerFramed, MAX_MESSAGE_OCTETS } from './framed-answer.ts';
import { SlowQueries } from './slow-queries.ts';

const LENGTH_OCTETS = 2;
/** Slow ones in flight; HTTP has no more connections than that. */
const MOST_SLOW = 1000;

/** Queries that came to another thread by HTTP (RFC 8484), and are handed over as messages. */
export class HandedQueries {
  readonly #answering: Answering;
  readonly #meter: Meter;
  readonly #slow: SlowQueries;
  /** Made with the first query: few servers ever see one. */
  #room: Octets | undefined;

  constructor(answering: Answering) {
    this.#answering = encrypted(answering, 'https');
    this.#meter = new Meter(answering.counters);
    this.#slow = new SlowQueries(this.#answering, MOST_SLOW, this.#meter);
  }

  /** Resolves with the response, or with undefined where a query is met with silence. */
  answer(octets: Octets, client: Client): Promise<Octets | undefined> {
    const address = ipAddress(client.address);
    if (!address) return Promise.resolve(undefined);
    this.#room ??= new Uint8Array(LENGTH_OCTETS + MAX_MESSAGE_OCTETS);
    const room = this.#room;
    this.#count('tcp_received_octets', octets.length);
    const startMs = this.#answering.clock.monotonic();
    const context = { answering: this.#answering, meter: this.#meter };
    const from = addressOctets(address);
    const written = answerFramed(context, from, octets, 0, octets.length, room, 0);
    if (written === 0) return this.#answerSlowly(octets, client);
    if (written < 0) return Promise.resolve(undefined);
    this.#meter.duration(this.#answering.clock.monotonic() - startMs, 1);
    this.#count('tcp_sent_octets', written - LENGTH_OCTETS);
    return Promise.resolve(room.slice(LENGTH_OCTETS, written));
  }

  #answerSlowly(octets: Octets, client: Client): Promise<Octets | undefined> {
    return new Promise(resolve => {
      const send = (response: Octets) => {
        this.#count('tcp_responses', 1);
        this.#count('tcp_sent_octets', response.length);
        resolve(response);
      };
      this.#slow.take(octets, client, MAX_MESSAGE_OCTETS, send, () => resolve(undefined));
    });
  }

  /** The names of TCP: they stand for the slots of HTTPS here. */
  #count(counter: ServerCounter, count: number): void {
    const { values, slot } = this.#answering.counters;
    values[slot[counter]] += count;
  }
}
