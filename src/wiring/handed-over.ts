import type { Client, Octets } from '../dns/index.ts';
import type { ToAnswerThread } from './answer-messages.ts';

/** The queries of DNS over HTTPS that one answer thread was handed, and who waits for them. */
export class HandedOver {
  readonly #tell: (message: ToAnswerThread) => void;
  readonly #waiting = new Map<number, (response: Octets | undefined) => void>();
  #last = 0;

  constructor(tell: (message: ToAnswerThread) => void) {
    this.#tell = tell;
  }

  /** Resolves with undefined where the thread stays silent, or ends before it has answered. */
  ask(octets: Octets, client: Client): Promise<Octets | undefined> {
    const query = ++this.#last;
    return new Promise(resolve => {
      this.#waiting.set(query, resolve);
      this.#tell({ kind: 'query', query, octets, client });
    });
  }

  hear(query: number, response: Octets | undefined): void {
    this.#waiting.get(query)?.(response);
    this.#waiting.delete(query);
  }

  /** The thread has ended. */
  forsake(): void {
    for (const query of this.#waiting.keys()) this.hear(query, undefined);
  }
}
