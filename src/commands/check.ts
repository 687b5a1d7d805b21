import { maskedConfig } from '../config/index.ts';
import { type Arguments, configFor } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';

/** `mesonym check`: the verdict, and the settings in force with secrets masked. */
export async function check(args: Arguments, shell: Shell): Promise<ExitCode> {
  const { config, warnings } = configFor(args, shell);
  for (const warning of warnings) shell.err(`warning: ${warning}`);
  shell.out(JSON.stringify(maskedConfig(config), undefined, 2));
  shell.err(`${config.file || 'The settings'} can be used`);
  return 0;
}
