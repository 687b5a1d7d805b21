/**
 * How many transfers are at work at once, in all answer threads: each holds the version of the zone
 * that it sends and the messages that its client has not taken. Who comes later waits in line.
 */
export class TransferTurns {
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  #atWork = 0;
  #delayed = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get atWork(): number {
    return this.#atWork;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** How many had to wait since the start. */
  get delayed(): number {
    return this.#delayed;
  }

  /** Calls `begin` when there is room, perhaps at once. What it returns ends the turn, or the waiting. */
  take(begin: () => void): () => void {
    let isOver = false;
    const start = () => {
      this.#atWork++;
      begin();
    };
    if (this.#atWork < this.#most) start();
    else {
      this.#delayed++;
      this.#waiting.add(start);
    }
    return () => {
      if (isOver) return;
      isOver = true;
      if (!this.#waiting.delete(start)) this.#end();
    };
  }

  #end(): void {
    this.#atWork--;
    const [next] = this.#waiting;
    if (next === undefined || this.#atWork >= this.#most) return;
    this.#waiting.delete(next);
    next();
  }
}
