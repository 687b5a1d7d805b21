import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../paths.ts';

/** The path of a file of settings for a client, as an operator pastes it. */
export const clientFile = (name: string) => join(PROJECT, 'config/clients', name);

/**
 * Its text, with the addresses and ports of a test in the place of the example's. What is replaced
 * must be there: the tests show the very settings that are shipped.
 */
export function clientSettings(
  name: string,
  replaced: Readonly<Record<string, string>> = {},
): string {
  return Object.entries(replaced).reduce(
    (text, [sample, own]) => {
      if (!text.includes(sample)) throw new Error(`config/clients/${name} has no ${sample}`);
      return text.replaceAll(sample, own);
    },
    readFileSync(clientFile(name), 'utf8'),
  );
}
