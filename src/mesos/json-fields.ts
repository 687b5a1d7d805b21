import type { StateFaultCause } from './cluster-state.ts';

/** Takes note of a part that could not be used. */
export type Report = (cause: StateFaultCause, where: string) => void;

/** An object of JSON, whatever it holds. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Raised inside a decoder when a field has the wrong type; costs the entry it stands in. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  readonly code = 'ERR_FIELD';
}

/** The value as an object; undefined for everything else. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The field `name` of an object; undefined when the value is none. `null` counts as missing. */
export function field(value: unknown, name: string): unknown {
  const object = asObject(value);
  return object && Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined;
}

/** The text in the field `name`, empty when it is missing. @throws {FieldError} For anything else. */
export function textField(value: unknown, name: string): string {
  return optionalText(value, name) ?? '';
}

/**
 * The text in the field `name`; undefined when it is missing. @throws {FieldError} For anything
 * else.
 */
export function optionalText(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  if (found === undefined || typeof found === 'string') return found;
  throw new FieldError(`${name} is ${brief(found)}, expected text`);
}

/** An id as `/state` writes it, `"id": "…"`, or as v1 does, `"task_id": { "value": "…" }`. */
export function idField(value: unknown, plain: string, wrapped: string): string {
  const id = field(value, wrapped) ?? field(value, plain);
  return asObject(id) ? textField(id, 'value') : textField({ id }, 'id');
}

/** The list in the field `name`; empty when it is missing. @throws {FieldError} For anything else. */
export function listField(value: unknown, name: string): readonly unknown[] {
  const found = field(value, name) ?? [];
  if (Array.isArray(found)) return found;
  throw new FieldError(`${name} is ${brief(found)}, expected a list`);
}

/**
 * A list that `/state` writes as it is and protobuf JSON inside an object of the same name:
 * `"labels": […]` or `"labels": { "labels": […] }`, empty as `{}`.
 */
export function wrappedList(value: unknown, name: string): readonly unknown[] {
  const found = field(value, name);
  return asObject(found) ? listField(found, name) : listField(value, name);
}

/** The values of all labels `key`; one without a value has an empty one. */
export function labelValues(value: unknown, key: string): readonly string[] {
  const labels = wrappedList(value, 'labels').filter(entry => field(entry, 'key') === key);
  return labels.map(label => textField(label, 'value'));
}

/** A JSON value for the log, at most 100 characters. */
export function brief(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? 'nothing').slice(0, 100);
  } catch {
    return 'something nested too deep';
  }
}

/**
 * Runs a decoder; a field of the wrong type costs what it decodes and is reported under `cause`, with
 * `value`, or the beginning of it, as the place.
 */
export function attempt<Decoded>(
  cause: StateFaultCause,
  value: unknown,
  report: Report,
  decode: () => Decoded,
): Decoded | undefined {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    report(cause, `${brief(value)}: ${error.message}`);
    return undefined;
  }
}

const NONE: readonly never[] = [];

/**
 * A list as small as it can be: one that grew keeps room for 17 entries, and a hundred thousand tasks
 * have several each. All empty ones are the same.
 */
export function compact<Entry>(list: readonly Entry[]): readonly Entry[] {
  return list.length === 0 ? NONE : list.slice();
}
