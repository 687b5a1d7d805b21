import { isSecret } from './check-fields.ts';
import { type Config, FIELD_NAMES, type FieldName } from './config.ts';

const MASK = '********';

/** Where the HTTP API of Mesos-DNS does more than make the first letter a capital. */
const API_NAMES: Partial<Record<FieldName, string>> = { ttl: 'TTL', httpListener: 'HTTPListener' };

/** The settings in force as they would stand in a config file; secrets are masked. */
export function maskedConfig(config: Config): Record<string, unknown> {
  // The final dot of the domain is ours; the setting has none.
  const written = { ...config, domain: config.domain.slice(0, -1) };
  const known = FIELD_NAMES.filter(name => written[name] !== undefined);
  return Object.fromEntries(known.map(name => [name, masked(name, written[name])]));
}

/** The settings in force under the names of Mesos-DNS's `/v1/config`; secrets are masked. */
export function apiConfig(config: Config): Record<string, unknown> {
  const settings = { zk: '', SOASerial: 0, ...maskedConfig(config) };
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      API_NAMES[name as FieldName] ?? capital(name),
      isPlainObject(value) && /credentials/i.test(name) ? withCapitals(value) : value,
    ]),
  );
}

function masked(key: string, value: unknown): unknown {
  if (isSecret(key)) return value === '' ? '' : MASK;
  if (Array.isArray(value)) return value.map(item => masked('', item));
  if (!isPlainObject(value)) return value;
  if ('text' in value) return value.text;
  const known = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(known.map(([name, inner]) => [name, masked(name, inner)]));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withCapitals(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [capital(key), inner]));
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
