import { serial } from '../dns/index.ts';
import { zoneText } from '../zone/index.ts';
import { askServer, ServerAwayError } from './ask-server.ts';
import { type Arguments, configIfAny, namingConfig, serverFor } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';
import { zoneFromMasters } from './zone-from-masters.ts';
import { ZoneFromStates } from './zone-from-state.ts';

/**
 * `mesonym zone`: a whole zone as sorted master-file text: that of a state, or the running server's;
 * where the config's server does not run, that of the config's masters.
 */
export async function zone(args: Arguments, shell: Shell): Promise<ExitCode> {
  const file = args.state;
  const text =
    typeof file === 'string' ? fromState(file, args, shell) : await fromServer(args, shell);
  shell.out(text.trimEnd());
  return 0;
}

async function fromServer(args: Arguments, shell: Shell): Promise<string> {
  try {
    const response = await askServer(serverFor(args, shell), '/v1/zone', shell);
    return await response.text();
  } catch (error) {
    const config = args.server === undefined ? configIfAny(args, shell) : undefined;
    if (!(error instanceof ServerAwayError) || config === undefined) throw error;
    shell.err('No server runs here as the config says; its masters are asked.');
    return await zoneFromMasters(config, shell);
  }
}

function fromState(file: string, args: Arguments, shell: Shell): string {
  const config = namingConfig(args, shell);
  const made = new ZoneFromStates(config);
  made.publish(file, serial(1));
  return zoneText(made.zone, config.ttl);
}
