/**
 * Which parts of a JSON document are wanted. `take` hands over a value's octets; `members` walks an
 * object, `each` a list. Everything else is passed over without being kept.
 */
export type Shape =
  | { readonly kind: 'skip' }
  | { readonly kind: 'take'; readonly name: string }
  | { readonly kind: 'object'; readonly name: string; readonly members: ReadonlyMap<string, Shape> }
  | { readonly kind: 'list'; readonly name: string; readonly each: Shape };

/** Where the parts go, called by the names that the shape gives them. */
export interface SpanSink {
  /** A value that is taken: `octets` from `start` to `end`, good until the call returns. */
  take(name: string, octets: Buffer, start: number, end: number): void;
  /** A walked object or list begins. */
  open(name: string): void;
  close(name: string): void;
  /** Something else stands where the object or list `name` belongs. */
  odd(name: string): void;
}

/** Wants nothing of a value. */
export const SKIP: Shape = { kind: 'skip' };
/** Wants a whole value. */
export const take = (name: string): Shape => ({ kind: 'take', name });
/** Wants `each` of every entry of a list. */
export const list = (name: string, each: Shape): Shape => ({ kind: 'list', name, each });
/** Wants some members of an object. */
export const object = (name: string, members: Readonly<Record<string, Shape>>): Shape => ({
  kind: 'object',
  name,
  members: new Map(Object.entries(members)),
});
