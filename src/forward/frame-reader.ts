import { HEADER_OCTETS, wordAt } from '../dns/index.ts';

/**
 * Cuts what a stream brings into DNS messages (RFC 1035 section 4.2.2: two octets of length before
 * each). It keeps at most one begun message.
 */
export class FrameReader {
  #begun: Buffer[] = [];
  #begunOctets = 0;

  /** The messages that `chunk` completes; undefined when a length is too short for a header. */
  read(chunk: Buffer): Buffer[] | undefined {
    this.#begun.push(chunk);
    this.#begunOctets += chunk.length;
    if (this.#begunOctets < this.#wantedOctets()) return [];
    let rest = Buffer.concat(this.#begun);
    const messages: Buffer[] = [];
    while (rest.length >= 2) {
      const length = wordAt(rest, 0);
      if (length < HEADER_OCTETS) return undefined;
      if (rest.length < 2 + length) break;
      messages.push(rest.subarray(2, 2 + length));
      rest = rest.subarray(2 + length);
    }
    this.#begun = rest.length === 0 ? [] : [Buffer.from(rest)];
    this.#begunOctets = rest.length;
    return messages;
  }

  /** How many octets to wait for: all of a message, or those that show a length that is no good. */
  #wantedOctets(): number {
    const [first] = this.#begun;
    const length = first.length < 2 ? 0 : wordAt(first, 0);
    return length < HEADER_OCTETS ? 2 : 2 + length;
  }
}
