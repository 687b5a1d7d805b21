import { HEADER_OCTETS, type Octets } from '../dns/index.ts';

const LENGTH_OCTETS = 2;
const FIRST_ROOM_OCTETS = 512;
const KEPT_ROOM_OCTETS = 4096;

/**
 * A message; the end of what has come; or a length under 12 octets, after which nothing has
 * meaning.
 */
export type Found = 'message' | 'more' | 'malformed';

/**
 * Cuts a TCP stream into DNS messages (RFC 1035 section 4.2.2: two octets of length, big-endian,
 * before each message). Give it a chunk with `push`, then call `next` until it says `more`. A whole
 * message is read where it stands; only one that chunks cut in two is put together elsewhere.
 */
export class FrameReader {
  /** The message that `next` found: `octets[start, end)`, valid until the next call. */
  octets: Octets = NOTHING;
  start = 0;
  end = 0;

  #chunk: Octets = NOTHING;
  #at = 0;
  /**
   * The begun message with its length octets; room grows with what comes, not with what is
   * promised.
   */
  #begun: Octets = NOTHING;
  #begunOctets = 0;

  /** Says whether the stream stands inside a message or its length. */
  get isInsideMessage(): boolean {
    return this.#begunOctets > 0;
  }

  /** Takes the next chunk, to be read where it stands; only after `next` said `more`. */
  push(chunk: Octets): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** Makes what `next` has not come to its own, for the octets of a chunk are only lent. */
  keepRest(): void {
    this.push(Uint8Array.from(this.#chunk.subarray(this.#at)));
  }

  next(): Found {
    return this.#begunOctets > 0 ? this.#continueMessage() : this.#nextInChunk();
  }

  #nextInChunk(): Found {
    const chunk = this.#chunk;
    const at = this.#at;
    const here = chunk.length - at;
    if (here === 0) return 'more';
    if (here < LENGTH_OCTETS) return this.#begin();
    const length = (chunk[at] << 8) | chunk[at + 1];
    if (length < HEADER_OCTETS) return 'malformed';
    if (here < LENGTH_OCTETS + length) return this.#begin();
    this.octets = chunk;
    this.start = at + LENGTH_OCTETS;
    this.end = this.start + length;
    this.#at = this.end;
    return 'message';
  }

  #begin(): 'more' {
    this.#take(this.#chunk.length - this.#at);
    return 'more';
  }

  #continueMessage(): Found {
    if (!this.#takeUpTo(LENGTH_OCTETS)) return 'more';
    const length = (this.#begun[0] << 8) | this.#begun[1];
    if (length < HEADER_OCTETS) return 'malformed';
    if (!this.#takeUpTo(LENGTH_OCTETS + length)) return 'more';
    this.octets = this.#begun;
    this.start = LENGTH_OCTETS;
    this.end = LENGTH_OCTETS + length;
    this.#begunOctets = 0;
    if (this.#begun.length > KEPT_ROOM_OCTETS) this.#begun = NOTHING;
    return 'message';
  }

  /** Moves octets from the chunk until `wanted` are there; says whether they are. */
  #takeUpTo(wanted: number): boolean {
    this.#take(Math.min(wanted - this.#begunOctets, this.#chunk.length - this.#at));
    return this.#begunOctets >= wanted;
  }

  #take(count: number): void {
    if (count <= 0) return;
    const needed = this.#begunOctets + count;
    if (needed > this.#begun.length) {
      const larger = new Uint8Array(Math.max(FIRST_ROOM_OCTETS, needed, 2 * this.#begun.length));
      larger.set(this.#begun.subarray(0, this.#begunOctets));
      this.#begun = larger;
    }
    this.#begun.set(this.#chunk.subarray(this.#at, this.#at + count), this.#begunOctets);
    this.#begunOctets = needed;
    this.#at += count;
  }
}

const NOTHING = new Uint8Array(0);

/** A message as it travels by TCP: its length, then itself. */
export function frameOf(message: Octets): Octets {
  const framed = Buffer.allocUnsafe(LENGTH_OCTETS + message.length);
  framed[0] = message.length >> 8;
  framed[1] = message.length & 255;
  framed.set(message, LENGTH_OCTETS);
  return framed;
}
