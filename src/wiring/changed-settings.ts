import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/index.ts';

/** The names of the settings that differ. */
export function changedSettings(before: Config, after: Config): readonly string[] {
  const names = Object.keys(after) as (keyof Config)[];
  return names.filter(name => !isDeepStrictEqual(before[name], after[name]));
}
