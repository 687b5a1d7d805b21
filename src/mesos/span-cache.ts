import { hash } from 'node:crypto';

/**
 * What was made of spans of octets, kept by their hash, so that a span which stands in the next body
 * too is not parsed again. Hashes are kept instead of the octets: 32 for a task of 2,350. They are
 * SHA-256, as fast as any here, and nobody who names tasks can make two that are taken for one.
 */
export class SpanCache<Made> {
  readonly #made = new Map<string, Made>();

  /** The text to keep and find a span by. */
  static keyOf(octets: Buffer, start: number, end: number): string {
    return hash('sha256', octets.subarray(start, end), 'binary');
  }

  has(key: string): boolean {
    return this.#made.has(key);
  }

  get(key: string): Made | undefined {
    return this.#made.get(key);
  }

  set(key: string, made: Made): void {
    this.#made.set(key, made);
  }
}
