import { hash } from 'node:crypto';

interface Span<Made> {
  readonly made: Made;
  /** The last body that held it, be it whole or given up. */
  body: number;
  /** Whether the last whole body held it. */
  isKept: boolean;
}

/** The spans of one body. */
export interface BodySpans<Made> {
  /** What was made of a span that stood in the last whole body, or before in this one. */
  find(key: string): { readonly made: Made } | undefined;
  /** Keeps what was made of a span of this body. */
  add(key: string, made: Made): void;
  /** The body is whole: the next one finds what this one holds, and nothing else. */
  commit(): void;
}

/**
 * What was made of spans of octets, kept by their hash, so that a span which stands in the next body
 * too is not parsed again. Hashes are kept instead of the octets: 32 for a task of 2,350. They are
 * SHA-256, as fast as any here, and nobody who names tasks can make two that are taken for one.
 *
 * A body only marks the spans it holds: one that changes little leaves next to no garbage.
 */
export class SpanCache<Made> {
  readonly #spans = new Map<string, Span<Made>>();
  #bodies = 0;
  /** The last whole body, until the others' spans are forgotten. */
  #whole: number | undefined;

  /** The text to keep and find a span by. */
  static keyOf(octets: Buffer, start: number, end: number): string {
    return hash('sha256', octets.subarray(start, end), 'binary');
  }

  /** Begins a body. One that is never committed leaves nothing that a later one would find. */
  begin(): BodySpans<Made> {
    this.#forget();
    const spans = this.#spans;
    const body = ++this.#bodies;
    return {
      find: key => {
        const span = spans.get(key);
        if (span === undefined || !(span.isKept || span.body === body)) return undefined;
        span.body = body;
        return span;
      },
      add: (key, made) => void spans.set(key, { made, body, isKept: false }),
      commit: () => {
        this.#whole = body;
      },
    };
  }

  /** Left until a body begins: at the end of one its changes are waited for. */
  #forget(): void {
    if (this.#whole === undefined) return;
    for (const [key, span] of this.#spans) {
      if (span.body === this.#whole) span.isKept = true;
      else this.#spans.delete(key);
    }
    this.#whole = undefined;
  }
}
