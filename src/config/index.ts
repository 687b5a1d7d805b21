/**
 * The config. In: config.json, environment variables and flags, with every key of Mesos-DNS.
 * Out: a checked and frozen Config, or all faults at once; also its JSON Schema and its tables.
 */
export type { Config } from './config.ts';
export {
  configSchema,
  describeSettings,
  settingsTable,
} from './describe.ts';
export { type Upstream, upstream } from './endpoint.ts';
export { ConfigError } from './error.ts';
export { type ConfigInputs, DEFAULT_FILE, loadConfig } from './load.ts';
export { apiConfig, maskedConfig } from './masked.ts';
export { fieldNamed } from './read-keys.ts';
export { nearest } from './suggestion.ts';
export { localityOptions, namingOptions, startOfAuthority, taskDetails } from './zone-settings.ts';
