import { ZooKeeperError } from './error.ts';

/** Writes one frame in jute, ZooKeeper's encoding: big-endian numbers, texts after their length. */
export class JuteWriter {
  readonly #parts: Buffer[] = [];

  int(value: number): this {
    const octets = Buffer.allocUnsafe(4);
    octets.writeInt32BE(value);
    return this.#put(octets);
  }

  long(value: bigint): this {
    const octets = Buffer.allocUnsafe(8);
    octets.writeBigInt64BE(value);
    return this.#put(octets);
  }

  boolean(value: boolean): this {
    return this.#put(Buffer.of(value ? 1 : 0));
  }

  octets(value: Uint8Array): this {
    return this.int(value.length).#put(Buffer.from(value));
  }

  text(value: string): this {
    return this.octets(Buffer.from(value));
  }

  /** What was written, behind its length in four octets. */
  frame(): Buffer {
    const body = Buffer.concat(this.#parts);
    return Buffer.concat([new JuteWriter().int(body.length).#joined(), body]);
  }

  #put(octets: Buffer): this {
    this.#parts.push(octets);
    return this;
  }

  #joined(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Reads one frame, without the length before it. Every method throws `garbage` past its end. */
export class JuteReader {
  readonly #octets: Buffer;
  #at = 0;

  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  int(): number {
    return this.#octets.readInt32BE(this.#take(4));
  }

  long(): bigint {
    return this.#octets.readBigInt64BE(this.#take(8));
  }

  /** A length of -1 stands for no octets at all. */
  octets(): Buffer {
    const length = Math.max(0, this.int());
    const start = this.#take(length);
    return this.#octets.subarray(start, start + length);
  }

  text(): string {
    return this.octets().toString('utf8');
  }

  texts(): readonly string[] {
    const found: string[] = [];
    for (let left = this.int(); left > 0; left--) found.push(this.text());
    return found;
  }

  #take(length: number): number {
    const start = this.#at;
    if (length > this.#octets.length - start) {
      throw new ZooKeeperError('garbage', `Cannot read a frame of ${this.#octets.length} octets`);
    }
    this.#at += length;
    return start;
  }
}
