import { FIELD_NAMES, FIELDS, type FieldName } from './config.ts';
import type { ConfigFault } from './error.ts';
import { nearest } from './suggestion.ts';

/** Settings as written, by their right names. */
export type RawSettings = Partial<Record<FieldName, unknown>>;

/** What became of the keys of a config object. */
export interface ReadKeys {
  readonly raw: RawSettings;
  readonly faults: readonly ConfigFault[];
  readonly warnings: readonly string[];
}

const OBSOLETE = new Set(['ns', 'email', 'mname']);
const BY_LOWER_NAME = new Map(FIELD_NAMES.map(name => [name.toLowerCase(), name]));

/** The setting that `key` names; letter case does not matter, as in Mesos-DNS. */
export function fieldNamed(key: string): FieldName | undefined {
  return BY_LOWER_NAME.get(key.toLowerCase());
}

/**
 * Sorts the keys of a config object. A key given twice in different case is a fault, for nobody could
 * tell which one counts. `null` leaves a default, and empties a list.
 */
export function readKeys(written: Readonly<Record<string, unknown>>): ReadKeys {
  const raw: RawSettings = {};
  const spellings = new Map<FieldName, string>();
  const faults: ConfigFault[] = [];
  const warnings: string[] = [];
  for (const [key, value] of Object.entries(written)) {
    const name = fieldNamed(key);
    if (name !== undefined) {
      const other = spellings.get(name);
      if (other !== undefined) faults.push(givenTwice(key, other));
      spellings.set(name, key);
      raw[name] = value === null ? nullValue(name) : lowerKeys(value, [key], faults);
    } else if (OBSOLETE.has(key.toLowerCase())) {
      warnings.push(`The setting ${key} is obsolete and ignored`);
    } else if (key !== '$schema') faults.push(unknownKey(key));
  }
  return { raw, faults, warnings };
}

function givenTwice(key: string, other: string): ConfigFault {
  return { path: key, found: `the same setting as ${other}`, wanted: 'each setting once' };
}

function unknownKey(key: string): ConfigFault {
  const meant = nearest(key, FIELD_NAMES);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return { path: key, found: 'no known setting', wanted: `one of those in README${hint}` };
}

function nullValue(name: FieldName): unknown {
  return Array.isArray(FIELDS[name].schema.safeParse(undefined).data) ? [] : undefined;
}

/** Deeper than any setting goes; what lies below is left out. */
const MAX_DEPTH = 8;

/** The keys of nested objects are all lower case, zone names among them. */
function lowerKeys(value: unknown, path: readonly string[], faults: ConfigFault[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (path.length > MAX_DEPTH) {
    const found = `nested more than ${MAX_DEPTH} levels deep`;
    faults.push({ path: path[0], found, wanted: 'what README says' });
    return undefined;
  }
  if (Array.isArray(value)) {
    return value.map((inner, index) => lowerKeys(inner, [...path, `[${index}]`], faults));
  }
  const spellings = new Map<string, string>();
  const entries = Object.entries(value).map(([key, inner]) => {
    const lower = key.toLowerCase();
    const other = spellings.get(lower);
    if (other !== undefined)
      faults.push(givenTwice(`${path.join('.').replaceAll('.[', '[')}.${key}`, other));
    spellings.set(lower, key);
    return [lower, lowerKeys(inner, [...path, key], faults)];
  });
  return Object.fromEntries(entries);
}
