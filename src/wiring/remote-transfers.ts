import type { MessagePort } from 'node:worker_threads';
import { type Client, type Octets, type Query, readQuery } from '../dns/index.ts';
import type { Handler } from '../handlers/index.ts';
import type { Transfer, TransferMessages } from '../server/index.ts';
import { isTransferQuery } from '../transfer/index.ts';
import type { FromAnswerThread } from './answer-messages.ts';

const MAX_TCP_OCTETS = 65_535;

/**
 * Transfers as an answer thread sees them: the control thread, which has the zone and its history,
 * makes the messages, one ahead of what the peer takes.
 */
export class RemoteTransfers {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, (octets: Octets | undefined) => void>();
  #next = 1;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** For TCP: every message of the response. */
  readonly transfer: Transfer = (octets, client) => {
    const read = readQuery(octets, client, MAX_TCP_OCTETS);
    return read.kind === 'query' && isTransferQuery(read.query)
      ? this.#messages(read.query)
      : undefined;
  };

  /** For UDP: the one message of the response (RFC 1995 section 2). By HTTP there are none. */
  readonly handle: Handler = query =>
    isTransferQuery(query) && query.client.transport === 'udp' ? this.#first(query) : undefined;

  /** The control thread's message of a transfer; undefined at its end. */
  hear(transfer: number, octets: Octets | undefined): void {
    const take = this.#waiting.get(transfer);
    if (take) take(octets);
    else if (octets) this.#giveBack('enough', transfer, octets);
  }

  #messages(query: Query): TransferMessages {
    const transfer = this.#open(query);
    return {
      [Symbol.asyncIterator]: () => this.#taken(transfer),
      cancel: () => this.hear(transfer, undefined),
    };
  }

  async *#taken(transfer: number): AsyncGenerator<Octets> {
    let next = this.#message(transfer);
    let spare: Octets | undefined;
    try {
      for (;;) {
        const octets = await next;
        if (octets === undefined) return;
        // One message ahead: it is made while the peer takes this one.
        next = this.#message(transfer);
        this.#giveBack('more', transfer, spare);
        spare = octets;
        yield octets;
      }
    } finally {
      this.#waiting.delete(transfer);
      this.#giveBack('enough', transfer, spare);
      // It may have come already.
      void next.then(octets => octets && this.#giveBack('enough', transfer, octets));
    }
  }

  /** Says what is wanted, and gives back where a message was that is not needed any more. */
  #giveBack(kind: 'more' | 'enough', transfer: number, octets: Octets | undefined): void {
    const spare = octets?.buffer as ArrayBuffer | undefined;
    this.#port.postMessage(
      { kind, transfer, spare } satisfies FromAnswerThread,
      spare ? [spare] : [],
    );
  }

  async #first(query: Query): Promise<Octets> {
    for await (const octets of this.#messages(query)) return octets.slice();
    throw new Error('A transfer has at least one message');
  }

  #open({ octets, client, maxOctets }: Query): number {
    const transfer = this.#next++;
    const opening = {
      kind: 'transfer',
      transfer,
      octets,
      client: plain(client),
      maxOctets,
    } as const;
    this.#port.postMessage(opening satisfies FromAnswerThread);
    return transfer;
  }

  #message(transfer: number): Promise<Octets | undefined> {
    return new Promise(resolve => this.#waiting.set(transfer, resolve));
  }
}

function plain({ address, port, transport }: Client): Client {
  return { address, port, transport };
}
