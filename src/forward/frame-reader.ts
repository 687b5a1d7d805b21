import { HEADER_OCTETS } from '../dns/index.ts';
import { wordAt } from './message-reader.ts';

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
    for (; rest.length >= 2 && rest.length >= 2 + wordAt(rest, 0); ) {
      const length = wordAt(rest, 0);
      if (length < HEADER_OCTETS) return undefined;
      messages.push(rest.subarray(2, 2 + length));
      rest = rest.subarray(2 + length);
    }
    this.#begun = rest.length === 0 ? [] : [Buffer.from(rest)];
    this.#begunOctets = rest.length;
    return messages;
  }

  /** How many octets the begun message has with its length; the length alone while that is cut. */
  #wantedOctets(): number {
    const [first] = this.#begun;
    return first.length < 2 ? 2 : 2 + wordAt(first, 0);
  }
}
