import { type Octets, readQuery } from '../dns/index.ts';
import { type RespondToTransfer, transferRoom } from '../transfer/index.ts';
import type { FromAnswerThread, ToAnswerThread } from './answer-messages.ts';

type AboutTransfers = Extract<FromAnswerThread, { kind: 'transfer' | 'more' | 'enough' }>;
type Opening = Extract<AboutTransfers, { kind: 'transfer' }>;
type Tell = (message: ToAnswerThread, moved: readonly ArrayBuffer[]) => void;

interface Running {
  readonly messages: Iterator<Octets>;
  /** Where a message was that has been written: the next one is made there. */
  spare: ArrayBuffer | undefined;
}

/**
 * The control side of an answer thread's transfers: makes one message whenever one is wanted. The
 * messages go back and forth in the same few rooms, so that neither thread has any to clear away.
 */
export class TransferPump {
  readonly #respond: RespondToTransfer;
  readonly #tell: Tell;
  readonly #running = new Map<number, Running>();

  constructor(respond: RespondToTransfer, tell: Tell) {
    this.#respond = respond;
    this.#tell = tell;
  }

  hear(message: AboutTransfers): void {
    const { transfer } = message;
    if (message.kind === 'enough') {
      this.#running.get(transfer)?.messages.return?.();
      this.#running.delete(transfer);
      return;
    }
    if (message.kind === 'transfer') this.#open(message);
    const running = this.#running.get(transfer);
    if (running && message.kind === 'more') running.spare = message.spare;
    const next = running?.messages.next();
    if (next?.done) this.#running.delete(transfer);
    const octets: Octets | undefined = next?.done ? undefined : next?.value;
    this.#tell(
      { kind: 'transferred', transfer, octets },
      octets ? [octets.buffer as ArrayBuffer] : [],
    );
  }

  #open({ transfer, octets, client, maxOctets }: Opening): void {
    const read = readQuery(octets, client, maxOctets);
    if (read.kind !== 'query') return;
    const room = () => {
      const running = this.#running.get(transfer);
      const spare = running?.spare;
      if (running) running.spare = undefined;
      return spare ? new Uint8Array(spare) : transferRoom();
    };
    const messages = this.#respond(read.query, room);
    if (messages) {
      this.#running.set(transfer, { messages: messages[Symbol.iterator](), spare: undefined });
    }
  }
}
