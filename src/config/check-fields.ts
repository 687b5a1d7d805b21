import type { z } from 'zod';
import { FIELD_NAMES, FIELDS, type Settings } from './config.ts';
import type { ConfigFault } from './error.ts';
import type { RawSettings } from './read-keys.ts';
import { nearest } from './suggestion.ts';

const LONGEST_SHOWN = 80;
const SECRET = /secret$|token$/i;

/** Says whether a setting, or a key inside one, must never be shown. */
export function isSecret(key: string): boolean {
  return SECRET.test(key);
}

/** Every setting checked by itself; those with faults are missing from `settings`. */
export function checkFields(raw: RawSettings): {
  readonly settings: Partial<Settings>;
  readonly faults: readonly ConfigFault[];
} {
  const settings: Record<string, unknown> = {};
  const faults: ConfigFault[] = [];
  for (const name of FIELD_NAMES) {
    const result = FIELDS[name].schema.safeParse(raw[name]);
    if (result.success) settings[name] = result.data;
    else
      faults.push(...result.error.issues.flatMap(issue => issueFaults(issue, [name], raw[name])));
  }
  return { settings, faults: firstOfEachPath(faults) };
}

/** One fault an issue; one for each key that nobody knows. */
function issueFaults(
  issue: z.core.$ZodIssue,
  start: readonly string[],
  value: unknown,
): readonly ConfigFault[] {
  const path = [...start, ...issue.path];
  const found = issue.path.reduce<unknown>(inner, value);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      path: pathText([...path, key]),
      found: 'no known key',
      wanted: 'no such key',
    }));
  }
  const hint = issue.code === 'invalid_value' ? didYouMean(found, issue.values.map(String)) : '';
  return [{ path: pathText(path), found: shown(path, found), wanted: `${issue.message}${hint}` }];
}

function inner(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}

function didYouMean(found: unknown, choices: readonly string[]): string {
  const meant = typeof found === 'string' && found !== '' ? nearest(found, choices) : undefined;
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/** `masters[1]`, `tsigKeys[0].secret`. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) =>
      typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${String(key)}`,
    )
    .join('');
}

/** Settings that hold secrets: what stands there in the wrong place may be one. */
const WITH_SECRETS = /credentials|^tsigKeys$/i;

function shown(path: readonly PropertyKey[], value: unknown): string {
  if (path.some(key => isSecret(String(key)))) return 'hidden';
  if (WITH_SECRETS.test(String(path[0])) && path.length < 3) return 'hidden';
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value).replace(/(zk:\/\/[^/:]*):.*@/, '$1:********@');
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}

function firstOfEachPath(faults: readonly ConfigFault[]): readonly ConfigFault[] {
  return [...new Map(faults.toReversed().map(fault => [fault.path, fault])).values()].toReversed();
}
