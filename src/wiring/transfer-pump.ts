import { type Octets, type Query, readQuery } from '../dns/index.ts';
import type { FromAnswerThread, ToAnswerThread } from './answer-messages.ts';

/** The messages of the response to a transfer query; undefined when it is none. */
export type RespondToTransfer = (query: Query) => Iterable<Octets> | undefined;

type AboutTransfers = Extract<FromAnswerThread, { kind: 'transfer' | 'more' | 'enough' }>;

/** The control side of an answer thread's transfers: makes one message whenever one is wanted. */
export class TransferPump {
  readonly #respond: RespondToTransfer;
  readonly #tell: (message: ToAnswerThread) => void;
  readonly #running = new Map<number, Iterator<Octets>>();

  constructor(respond: RespondToTransfer, tell: (message: ToAnswerThread) => void) {
    this.#respond = respond;
    this.#tell = tell;
  }

  hear(message: AboutTransfers): void {
    const { transfer } = message;
    if (message.kind === 'enough') {
      this.#running.get(transfer)?.return?.();
      this.#running.delete(transfer);
      return;
    }
    if (message.kind === 'transfer') this.#open(message);
    const next = this.#running.get(transfer)?.next();
    if (next?.done) this.#running.delete(transfer);
    this.#tell({ kind: 'transferred', transfer, octets: next?.done ? undefined : next?.value });
  }

  #open({ transfer, octets, client, maxOctets }: Extract<AboutTransfers, { kind: 'transfer' }>) {
    const read = readQuery(octets, client, maxOctets);
    const messages = read.kind === 'query' ? this.#respond(read.query) : undefined;
    if (messages) this.#running.set(transfer, messages[Symbol.iterator]());
  }
}
