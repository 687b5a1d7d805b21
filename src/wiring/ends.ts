interface Closable {
  close(): Promise<void> | void;
}

/** What was started, to be ended in the opposite order. */
export class Ends {
  readonly #parts: Closable[] = [];

  add<Part extends Closable>(part: Part): Part {
    this.#parts.push(part);
    return part;
  }

  async close(): Promise<void> {
    for (let part = this.#parts.pop(); part; part = this.#parts.pop()) await part.close();
  }
}
