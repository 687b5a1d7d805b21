import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/index.ts';

/** The names of the settings that differ. */
export function changedSettings(before: Config, after: Config): readonly string[] {
  const names = Object.keys(after) as (keyof Config)[];
  return names.filter(name => !isDeepStrictEqual(before[name], after[name]));
}

/** `config`, but with the settings in `names` as they are in `kept`. */
export function withSettingsOf(
  config: Config,
  kept: Config,
  names: readonly (keyof Config)[],
): Config {
  return { ...config, ...Object.fromEntries(names.map(name => [name, kept[name]])) };
}
