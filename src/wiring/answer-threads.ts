import type { Client, DomainName, Octets } from '../dns/index.ts';
import type { CacheSize, UpstreamStatus } from '../forward/index.ts';
import type { Certificate, UdpMode } from '../server/index.ts';
import type { DeltaStep, ServingState } from '../zone/index.ts';
import { ANSWER_COUNTERS, type AnswerCounter } from './answer-counters.ts';
import type { ToAnswerThread } from './answer-messages.ts';
import { AnswerSlot, type AnswerThreadsOptions } from './answer-slot.ts';
import { placesMessage } from './place-publisher.ts';

const QUERY_SLOTS = (['udp', 'tcp', 'tls', 'https'] as const).flatMap(transport => [
  ANSWER_COUNTERS.indexOf(`${transport}4_queries`),
  ANSWER_COUNTERS.indexOf(`${transport}6_queries`),
]);

/** The answer threads, seen from the control thread: kept running, kept in step with the zone. */
export class AnswerThreads {
  readonly #slots: readonly AnswerSlot[];
  #turn = 0;

  private constructor(slots: readonly AnswerSlot[]) {
    this.#slots = slots;
  }

  /** Resolves when every thread runs. Rejects when one cannot. */
  static async start(options: AnswerThreadsOptions): Promise<AnswerThreads> {
    const slots = Array.from(
      { length: options.threads },
      (_, number) => new AnswerSlot(number, options),
    );
    await Promise.all(slots.map(slot => slot.start()));
    return new AnswerThreads(slots);
  }

  get udp(): UdpMode {
    return this.#slots[0].udp;
  }

  /** How many threads were replaced since the start. */
  get restarts(): number {
    return this.#slots.reduce((sum, slot) => sum + slot.restarts, 0);
  }

  /** How many serve at this moment. */
  get serving(): number {
    return this.#slots.filter(slot => slot.isServing).length;
  }

  /** Gives the threads the listening sockets; before, they have none. */
  takeSockets(): void {
    for (const slot of this.#slots) slot.takeSockets();
  }

  /** Sends each step, of the domain or of a reverse zone, to all threads. */
  publish(steps: Iterable<DeltaStep>, reverseZone?: DomainName): void {
    for (const step of steps) {
      // All but the last get copies.
      this.#slots.forEach((slot, index) => {
        slot.step(step, reverseZone, index === this.#slots.length - 1);
      });
    }
  }

  /** Sends each step of the table of places to all threads. */
  publishPlaces(steps: Iterable<DeltaStep>): void {
    for (const step of steps) this.#tell(placesMessage(step));
  }

  serve(state: ServingState): void {
    for (const slot of this.#slots) slot.serve(state);
  }

  /** The listening sockets changed. */
  resocket(): void {
    for (const slot of this.#slots) slot.resocket();
  }

  /** Has one thread after the other answer a query that came by HTTP; undefined for silence. */
  answer(octets: Octets, client: Client): Promise<Octets | undefined> {
    return this.#slots[this.#turn++ % this.#slots.length].answer(octets, client);
  }

  /** What clients of DNS over TLS are shown from now on. */
  renewCertificate(certificate: Certificate): void {
    for (const slot of this.#slots) slot.renewCertificate(certificate);
  }

  /** Forgets cached responses: all, or those for one name. */
  flush(name?: DomainName): void {
    this.#tell({ kind: 'flush', name });
  }

  /** Every counter, summed over the threads. */
  counts(): Readonly<Record<AnswerCounter, number>> {
    const sums = ANSWER_COUNTERS.map((name, index) => {
      return [name, this.#slots.reduce((sum, slot) => sum + slot.counters[index], 0)] as const;
    });
    return Object.fromEntries(sums) as Record<AnswerCounter, number>;
  }

  /** Queries by any transport, of each thread. */
  queriesPerThread(): readonly number[] {
    return this.#slots.map(({ counters }) => {
      return QUERY_SLOTS.reduce((sum, slot) => sum + counters[slot], 0);
    });
  }

  states(): readonly { readonly isServing: boolean; readonly restarts: number }[] {
    return this.#slots.map(({ isServing, restarts }) => ({ isServing, restarts }));
  }

  /** Each upstream as each thread sees it. */
  upstreams(): readonly (readonly UpstreamStatus[])[] {
    return this.#slots.map(slot => slot.upstreams);
  }

  /** What the caches of all threads hold together. */
  cache(): CacheSize {
    const sizes = this.#slots.map(({ cache }) => cache);
    return {
      entries: sizes.reduce((sum, { entries }) => sum + entries, 0),
      octets: sizes.reduce((sum, { octets }) => sum + octets, 0),
    };
  }

  /** Resolves when everything sent so far has taken effect in every thread. */
  async settled(): Promise<void> {
    await Promise.all(this.#slots.map(slot => slot.settled()));
  }

  /** Ends one thread as a fault of its own would; it is replaced. */
  async kill(thread: number): Promise<void> {
    await this.#slots[thread].kill();
  }

  async close(drainMs: number): Promise<void> {
    await Promise.all(this.#slots.map(slot => slot.close(drainMs)));
  }

  #tell(message: ToAnswerThread): void {
    for (const slot of this.#slots) slot.tell(message);
  }
}
