import { askServer } from './ask-server.ts';
import { type Arguments, serverFor } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';

/** `mesonym zone`: the whole zone of the running server as sorted master-file text. */
export async function zone(args: Arguments, shell: Shell): Promise<ExitCode> {
  const response = await askServer(serverFor(args, shell), '/v1/zone', shell);
  shell.out((await response.text()).trimEnd());
  return 0;
}
