import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Log } from '../runtime/index.ts';
import type { AnswerThreadData, FromAnswerThread, ToAnswerThread } from './answer-messages.ts';

/** The ending of this file's own name tells whether the sources run as they stand, or built. */
const ENTRY = new URL(`../answer-thread${extname(import.meta.url)}`, import.meta.url);

/** One worker thread, from its start to its end. */
export class AnswerWorker {
  /** Resolves when the thread has ended, however that came. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  #hasEnded = false;

  constructor(
    number: number,
    data: AnswerThreadData,
    hear: (message: FromAnswerThread) => void,
    log: Log,
  ) {
    const worker = new Worker(ENTRY, { workerData: data, name: `answers-${number}` });
    this.#worker = worker;
    worker.on('message', hear);
    worker.on('error', error => {
      log.error('An answer thread failed', { thread: number, error: String(error) });
    });
    this.ended = new Promise(resolve => {
      worker.on('exit', () => {
        this.#hasEnded = true;
        resolve();
      });
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** `moved` are buffers of the message that go over instead of being copied. */
  tell(message: ToAnswerThread, moved: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, moved);
  }

  /** Ends the thread at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }
}
