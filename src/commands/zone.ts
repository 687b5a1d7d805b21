import { type DomainName, domainName, serial } from '../dns/index.ts';
import { zoneText } from '../zone/index.ts';
import { askServer, ServerAwayError } from './ask-server.ts';
import { type Arguments, configIfAny, namingConfig, serverFor } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';
import { zoneFromMasters } from './zone-from-masters.ts';
import { ZoneFromStates } from './zone-from-state.ts';

/**
 * `mesonym zone`: a whole zone as sorted master-file text: that of a state, or the running server's;
 * where the config's server does not run, that of the config's masters. `--origin` names a reverse
 * zone instead of the domain.
 */
export async function zone(args: Arguments, shell: Shell): Promise<ExitCode> {
  const file = args.state;
  const origin = originOf(args);
  const text =
    typeof file === 'string'
      ? fromState(file, origin, args, shell)
      : await fromServer(origin, args, shell);
  if (text === undefined) {
    shell.err(`No zone begins at ${origin}: reverseZones makes reverse zones`);
    return 1;
  }
  shell.out(text.trimEnd());
  return 0;
}

/** @throws {TypeError} When it is no name. */
function originOf({ origin }: Arguments): DomainName | undefined {
  if (typeof origin !== 'string') return undefined;
  const name = domainName(origin);
  if (name === undefined) throw new TypeError(`Cannot use the origin ${origin}: not a domain name`);
  return name;
}

async function fromServer(
  origin: DomainName | undefined,
  args: Arguments,
  shell: Shell,
): Promise<string | undefined> {
  const path = origin === undefined ? '/v1/zone' : `/v1/zone?origin=${encodeURIComponent(origin)}`;
  try {
    const response = await askServer(serverFor(args, shell), path, shell);
    return await response.text();
  } catch (error) {
    const config = args.server === undefined ? configIfAny(args, shell) : undefined;
    if (!(error instanceof ServerAwayError) || config === undefined) throw error;
    shell.err('No server runs here as the config says; its masters are asked.');
    return await zoneFromMasters(config, shell, origin);
  }
}

function fromState(
  file: string,
  origin: DomainName | undefined,
  args: Arguments,
  shell: Shell,
): string | undefined {
  const config = namingConfig(args, shell);
  const made = new ZoneFromStates(config);
  made.publish(file, serial(1));
  const found = made.zoneAt(origin ?? config.domain);
  return found && zoneText(found, config.ttl);
}
