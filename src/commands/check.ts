import { type Config, maskedConfig } from '../config/index.ts';
import { nameServerRecords } from '../records/index.ts';
import { recordLine } from '../zone/index.ts';
import { type Arguments, configFor } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';

/**
 * `mesonym check`: the verdict, the records of secondaries, and the settings in force with secrets
 * masked.
 */
export async function check(args: Arguments, shell: Shell): Promise<ExitCode> {
  const { config, warnings } = configFor(args, shell);
  for (const warning of warnings) shell.err(`warning: ${warning}`);
  shell.out(JSON.stringify(maskedConfig(config), undefined, 2));
  for (const line of publishedServers(config)) shell.err(`published: ${line}`);
  shell.err(`${config.file || 'The settings'} can be used`);
  return 0;
}

/** The records that the config alone puts into the zone. */
function publishedServers({ domain, SOAMname: nameServer, secondaries, ttl }: Config): string[] {
  return nameServerRecords([], { domain, nameServer, secondaries }).map(record =>
    recordLine(record, ttl),
  );
}
