import { askServer, ServerError } from './ask-server.ts';
import { type Arguments, serverFor } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';

/**
 * `mesonym healthcheck`: asks the running server whether it is well, or with `--ready` whether it
 * is ready.
 */
export async function healthcheck(args: Arguments, shell: Shell): Promise<ExitCode> {
  const path = args.ready === true ? '/ready' : '/health';
  try {
    await askServer(serverFor(args, shell), path, shell);
    shell.out('good');
    return 0;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    shell.err(error.message);
    return 1;
  }
}
