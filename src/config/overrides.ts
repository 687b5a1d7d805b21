import { z } from 'zod';
import { FIELD_NAMES, FIELDS, type FieldName } from './config.ts';
import { fieldNamed, type RawSettings } from './read-keys.ts';
import { nearest } from './suggestion.ts';

const PREFIX = 'MESONYM_';
/** Variables of the same prefix that are no settings: the file, handed-over sockets, a CI run. */
const OTHER_VARIABLES = ['MESONYM_CONFIG', 'MESONYM_LISTEN_FDS', 'MESONYM_CI'];

/**
 * Settings from environment variables: `MESONYM_HTTP_PORT` or `MESONYM_HTTPPORT` for `httpPort`.
 * Variables that name no setting are only warned about: schedulers put in some of their own.
 */
export function environmentSettings(environment: Readonly<Record<string, string | undefined>>) {
  const raw: RawSettings = {};
  const warnings: string[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || OTHER_VARIABLES.includes(variable)) continue;
    const name = fieldNamed(variable.slice(PREFIX.length).replaceAll('_', ''));
    if (name !== undefined) raw[name] = overrideValue(name, text ?? '');
    else warnings.push(`The environment variable ${variable} names no setting${hint(variable)}`);
  }
  return { raw, warnings };
}

/** Settings from command line flags, by their right names and as typed. */
export function flagSettings(flags: Readonly<Record<string, string>>): RawSettings {
  const raw: RawSettings = {};
  for (const [flag, text] of Object.entries(flags)) {
    const name = fieldNamed(flag);
    if (name !== undefined) raw[name] = overrideValue(name, text);
  }
  return raw;
}

/** The environment variable of a setting: `MESONYM_HTTP_PORT` for `httpPort`. */
export function variableOf(name: FieldName): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2');
  return PREFIX + words.toUpperCase();
}

/**
 * A text as the value its setting wants: a list may be written with commas, everything else that
 * is not text as JSON. What cannot be read so stays text, for the check to name it.
 */
function overrideValue(name: FieldName, text: string): unknown {
  const type = jsonType(name);
  if (type === 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    if (type !== 'array') return text;
    return text
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== '');
  }
}

function jsonType(name: FieldName): unknown {
  return z.toJSONSchema(FIELDS[name].schema, { io: 'input' }).type;
}

function hint(variable: string): string {
  const meant = nearest(variable, FIELD_NAMES.map(variableOf));
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}
