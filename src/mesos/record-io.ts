import { StateError } from './state-error.ts';

/** Where the octets of records go, in pieces. */
export interface RecordSink {
  /** A record of `octets` octets begins. */
  begin(octets: number): void;
  /** The next of its octets; good until the call returns. */
  piece(octets: Uint8Array): void;
  end(): void;
}

const NEWLINE = 0x0a;
const ZERO = 0x30;
/** A snapshot of 100,000 tasks takes 200 to 400 MB. */
const MAX_RECORD_OCTETS = 4 * 2 ** 30;

/**
 * Cuts a stream into records (Mesos's RecordIO: the length in octets as decimal digits, a newline,
 * then that many octets). Empty lines before a length are passed over, as the documentation's own
 * reader does.
 */
export class RecordReader {
  readonly #sink: RecordSink;
  /** Octets of the record that are still to come; undefined while its length is read. */
  #missing: number | undefined;
  #length = 0;
  #digits = 0;

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /** Takes the next octets, cut anywhere. @throws {StateError} `record`, for a length that is none. */
  write(octets: Uint8Array): void {
    let at = 0;
    while (at < octets.byteLength) {
      at = this.#missing === undefined ? this.#readLength(octets, at) : this.#readBody(octets, at);
    }
  }

  /** After the last octet. @throws {StateError} `truncated`, inside a record. */
  finish(): void {
    if (this.#missing === undefined && this.#digits === 0) return;
    throw new StateError('truncated', 'Cannot go on with the stream: it ends inside a record');
  }

  #readLength(octets: Uint8Array, start: number): number {
    for (let at = start; at < octets.byteLength; at++) {
      const octet = octets[at];
      if (octet === NEWLINE && this.#digits === 0) continue;
      if (octet === NEWLINE) {
        this.#begin();
        return at + 1;
      }
      this.#addDigit(octet - ZERO);
    }
    return octets.byteLength;
  }

  #addDigit(digit: number): void {
    this.#length = this.#length * 10 + digit;
    this.#digits++;
    if (digit < 0 || digit > 9 || this.#length > MAX_RECORD_OCTETS) {
      throw new StateError('record', 'Cannot go on with the stream: a record has no usable length');
    }
  }

  #begin(): void {
    this.#missing = this.#length;
    this.#sink.begin(this.#length);
    this.#length = 0;
    this.#digits = 0;
    if (this.#missing === 0) this.#end();
  }

  #readBody(octets: Uint8Array, at: number): number {
    const missing = this.#missing ?? 0;
    const end = Math.min(octets.byteLength, at + missing);
    this.#sink.piece(octets.subarray(at, end));
    this.#missing = missing - (end - at);
    if (this.#missing === 0) this.#end();
    return end;
  }

  #end(): void {
    this.#missing = undefined;
    this.#sink.end();
  }
}
