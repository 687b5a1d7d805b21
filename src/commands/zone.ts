import { serial } from '../dns/index.ts';
import { zoneText } from '../zone/index.ts';
import { askServer } from './ask-server.ts';
import { type Arguments, namingConfig, serverFor } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';
import { ZoneFromStates } from './zone-from-state.ts';

/** `mesonym zone`: a whole zone as sorted master-file text, the running server's or that of a state. */
export async function zone(args: Arguments, shell: Shell): Promise<ExitCode> {
  const file = args.state;
  const text =
    typeof file === 'string' ? fromState(file, args, shell) : await fromServer(args, shell);
  shell.out(text.trimEnd());
  return 0;
}

async function fromServer(args: Arguments, shell: Shell): Promise<string> {
  const response = await askServer(serverFor(args, shell), '/v1/zone', shell);
  return await response.text();
}

function fromState(file: string, args: Arguments, shell: Shell): string {
  const config = namingConfig(args, shell);
  const made = new ZoneFromStates(config);
  made.publish(file, serial(1));
  return zoneText(made.zone, config.ttl);
}
