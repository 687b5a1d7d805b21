import { type Octets, readQuery } from '../dns/index.ts';
import { type RespondToTransfer, transferRoom } from '../transfer/index.ts';
import type { FromAnswerThread, ToAnswerThread } from './answer-messages.ts';
import type { TransferTurns } from './transfer-turns.ts';

type AboutTransfers = Extract<FromAnswerThread, { kind: 'transfer' | 'more' | 'enough' }>;
type Opening = Extract<AboutTransfers, { kind: 'transfer' }>;
type Tell = (message: ToAnswerThread, moved: readonly ArrayBuffer[]) => void;

/** A transfer from its query to its end. */
interface Running {
  /** None while it waits for its turn. */
  messages: Iterator<Octets> | undefined;
  leave: () => void;
}

/**
 * The control side of an answer thread's transfers: makes one message whenever one is wanted, once
 * it is the transfer's turn. The messages of all go back and forth in the same few rooms, so that
 * neither thread has any to clear away.
 */
export class TransferPump {
  readonly #respond: RespondToTransfer;
  readonly #turns: TransferTurns;
  readonly #tell: Tell;
  readonly #roomOctets = transferRoom().length;
  readonly #running = new Map<number, Running>();
  /** Where messages were that have been written; kept until no transfer runs. */
  #spares: ArrayBuffer[] = [];

  constructor(respond: RespondToTransfer, turns: TransferTurns, tell: Tell) {
    this.#respond = respond;
    this.#turns = turns;
    this.#tell = tell;
  }

  hear(message: AboutTransfers): void {
    if (message.kind === 'transfer') this.#open(message);
    else {
      this.#keep(message.spare);
      if (message.kind === 'more') this.#next(message.transfer);
      else this.#end(message.transfer);
    }
  }

  /** Ends all: the thread is gone. */
  close(): void {
    for (const transfer of this.#running.keys()) this.#end(transfer);
  }

  /** Refusals are made elsewhere, in less room. */
  #keep(spare: ArrayBuffer | undefined): void {
    if (spare?.byteLength === this.#roomOctets) this.#spares.push(spare);
  }

  #open(opening: Opening): void {
    const running: Running = { messages: undefined, leave: () => {} };
    this.#running.set(opening.transfer, running);
    const begin = () => {
      running.messages = this.#messages(opening);
      this.#next(opening.transfer);
    };
    // By UDP there is one message, which nobody holds up.
    if (opening.client.transport === 'udp') begin();
    else running.leave = this.#turns.take(begin);
    // It may be over already.
    if (!this.#running.has(opening.transfer)) running.leave();
  }

  /** The version of the zone is chosen now, not when the transfer began to wait. */
  #messages({ octets, client, maxOctets }: Opening): Iterator<Octets> {
    const read = readQuery(octets, client, maxOctets);
    const room = () => {
      const spare = this.#spares.pop();
      return spare ? new Uint8Array(spare) : transferRoom();
    };
    const messages = read.kind === 'query' ? this.#respond(read.query, room) : undefined;
    return (messages ?? [])[Symbol.iterator]();
  }

  #next(transfer: number): void {
    let octets: Octets | undefined;
    try {
      const next = this.#running.get(transfer)?.messages?.next();
      octets = next?.done ? undefined : next?.value;
    } finally {
      const moved = octets ? [octets.buffer as ArrayBuffer] : [];
      this.#tell({ kind: 'transferred', transfer, octets }, moved);
      if (!octets) this.#end(transfer);
    }
  }

  #end(transfer: number): void {
    const running = this.#running.get(transfer);
    this.#running.delete(transfer);
    running?.messages?.return?.();
    running?.leave();
    if (this.#running.size === 0) this.#spares = [];
  }
}
