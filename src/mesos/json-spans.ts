import { type Shape, SKIP, type SpanSink } from './json-shape.ts';
import { OctetWindow } from './octet-window.ts';
import { skipString } from './skip-string.ts';
import { StateError } from './state-error.ts';

type Walked = Extract<Shape, { readonly kind: 'object' | 'list' }>;
type Expected =
  | 'value'
  | 'value-or-end'
  | 'key'
  | 'key-or-end'
  | 'colon'
  | 'comma-or-end'
  | 'nothing';
/** Inside a value that is not walked: between its tokens, in a string, in a number or word. */
type Inside = 'no' | 'nested' | 'string' | 'word';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const MAX_KEY_OCTETS = 65_536;

/**
 * Finds the wanted spans of one JSON document in octets that come in pieces cut anywhere. Holds no
 * more than the piece in hand and the span that is not yet whole, so the size of a document is of no
 * concern. What is passed over is checked for its end only; who takes a span parses it.
 *
 * @throws {StateError} `json`, `shape` (another top value than the shape's) or `truncated`.
 */
export class JsonSpans {
  readonly #sink: SpanSink;
  readonly #walked: Walked[] = [];
  readonly #window = new OctetWindow();
  #at = 0;
  #expected: Expected = 'value';
  #shape: Shape;
  #inside: Inside = 'no';
  #depth = 0;
  #valueStart = 0;

  constructor(shape: Shape, sink: SpanSink) {
    this.#shape = shape;
    this.#sink = sink;
  }

  /** Takes the next piece. It is not kept: its memory may be used again. */
  write(piece: Uint8Array): void {
    this.#window.add(piece);
    while (this.#at < this.#window.end && this.#step());
    const isTaking = this.#inside !== 'no' && this.#shape.kind === 'take';
    const from = Math.min(isTaking ? this.#valueStart : this.#at, this.#window.end);
    this.#window.keep(from);
    this.#at -= from;
    this.#valueStart -= from;
  }

  /** Says that the last piece has come. */
  finish(): void {
    if (this.#expected !== 'nothing') {
      throw new StateError('truncated', 'Cannot use the body: it ends inside the JSON document');
    }
  }

  /** One token, or as much of a value as the window holds; false when a token is not yet whole. */
  #step(): boolean {
    if (this.#inside !== 'no') return this.#scanValue();
    const octet = this.#window.octets[this.#at];
    if (octet === 0x20 || (octet >= 0x09 && octet <= 0x0d)) {
      this.#at++;
      return true;
    }
    switch (this.#expected) {
      case 'comma-or-end':
        return this.#separator(octet);
      case 'value-or-end':
        return octet === CLOSE_LIST ? this.#close() : this.#beginValue(octet);
      case 'value':
        return this.#beginValue(octet);
      case 'key-or-end':
        return octet === CLOSE_OBJECT ? this.#close() : this.#readKey(octet);
      case 'key':
        return this.#readKey(octet);
      case 'colon':
        if (octet !== COLON) throw invalid();
        this.#at++;
        this.#expected = 'value';
        return true;
      case 'nothing':
        throw invalid();
      default:
        return this.#expected satisfies never;
    }
  }

  #separator(octet: number): boolean {
    const inside = this.#walked[this.#walked.length - 1];
    if (octet === COMMA) {
      this.#at++;
      this.#expected = inside.kind === 'list' ? 'value' : 'key';
      if (inside.kind === 'list') this.#shape = inside.each;
      return true;
    }
    if (octet !== (inside.kind === 'list' ? CLOSE_LIST : CLOSE_OBJECT)) throw invalid();
    return this.#close();
  }

  #close(): boolean {
    this.#at++;
    this.#expected = this.#walked.length === 1 ? 'nothing' : 'comma-or-end';
    const closed = this.#walked.pop();
    if (closed) this.#sink.close(closed.name);
    return true;
  }

  /** Reads `"key"`. Keys with escapes are none of those a shape names. */
  #readKey(octet: number): boolean {
    if (octet !== QUOTE) throw invalid();
    const { octets, end } = this.#window;
    let close = this.#at + 1;
    while (close < end && octets[close] !== QUOTE) close += octets[close] === BACKSLASH ? 2 : 1;
    if (close >= end) {
      if (end - this.#at > MAX_KEY_OCTETS) throw invalid();
      return false;
    }
    const key = octets.toString('latin1', this.#at + 1, close);
    const inside = this.#walked[this.#walked.length - 1];
    this.#shape = (inside.kind === 'object' && inside.members.get(key)) || SKIP;
    this.#at = close + 1;
    this.#expected = 'colon';
    return true;
  }

  #beginValue(octet: number): boolean {
    const shape = this.#shape;
    if (shape.kind === 'object' && octet === OPEN_OBJECT) return this.#walk(shape, 'key-or-end');
    if (shape.kind === 'list' && octet === OPEN_LIST) return this.#walk(shape, 'value-or-end');
    if (this.#walked.length === 0) throw notOurs(octet);
    if (shape.kind === 'object' || shape.kind === 'list') {
      this.#sink.odd(shape.name);
      this.#shape = SKIP;
    }
    this.#valueStart = this.#at;
    this.#depth = 0;
    this.#inside = octet === QUOTE ? 'string' : 'nested';
    if (octet === QUOTE) this.#at++;
    else if (octet !== OPEN_OBJECT && octet !== OPEN_LIST) {
      if (!beginsWord(octet)) throw invalid();
      this.#inside = 'word';
    }
    return true;
  }

  #walk(shape: Walked, expected: Expected): boolean {
    this.#at++;
    this.#walked.push(shape);
    this.#sink.open(shape.name);
    this.#expected = expected;
    if (shape.kind === 'list') this.#shape = shape.each;
    return true;
  }

  /** Goes on to the end of the value, or of the window. */
  #scanValue(): boolean {
    if (this.#inside === 'word' ? !this.#scanWord() : !this.#scanNested()) return true;
    this.#inside = 'no';
    this.#expected = 'comma-or-end';
    if (this.#shape.kind === 'take') {
      this.#sink.take(this.#shape.name, this.#window.octets, this.#valueStart, this.#at);
    }
    return true;
  }

  #scanWord(): boolean {
    const { octets, end } = this.#window;
    for (; this.#at < end; this.#at++) {
      const octet = octets[this.#at];
      if (octet === COMMA || octet === CLOSE_OBJECT || octet === CLOSE_LIST || octet <= 0x20)
        return true;
    }
    return false;
  }

  /** The loop that sees every octet outside of strings. An escape at the end leaves `#at` one past it. */
  #scanNested(): boolean {
    const { octets, end } = this.#window;
    let at = this.#at;
    let depth = this.#depth;
    let isString = this.#inside === 'string';
    let isWhole = false;
    while (at < end && !isWhole) {
      if (isString) {
        const behind = skipString(octets, at, end);
        isString = behind < 0;
        isWhole = !isString && depth === 0;
        at = isString ? -behind : behind;
        continue;
      }
      const octet = octets[at++];
      if (octet === QUOTE) isString = true;
      else if ((octet | 0x20) === OPEN_OBJECT) depth++;
      else if ((octet | 0x20) === CLOSE_OBJECT) isWhole = --depth === 0;
    }
    this.#at = at;
    this.#depth = depth;
    this.#inside = isString ? 'string' : 'nested';
    return isWhole;
  }
}

/** `-`, a digit, `true`, `false` or `null`. */
function beginsWord(octet: number): boolean {
  return (
    octet === 0x2d || (octet >= 0x30 && octet <= 0x39) || 'tfn'.includes(String.fromCharCode(octet))
  );
}

function invalid(): StateError {
  return new StateError('json', 'Cannot use the body: it is not JSON');
}

function notOurs(octet: number): StateError {
  const isJson =
    octet === QUOTE || octet === OPEN_LIST || octet === OPEN_OBJECT || beginsWord(octet);
  return isJson ? new StateError('shape', 'Cannot use the body: it is not an object') : invalid();
}
