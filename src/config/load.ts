import { readFileSync } from 'node:fs';
import { homedir, networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { knownName } from '../dns/index.ts';
import { checkFields } from './check-fields.ts';
import { checkTogether, doubts } from './check-together.ts';
import type { Config, Settings } from './config.ts';
import { endpoint } from './endpoint.ts';
import { ConfigError, type ConfigFault } from './error.ts';
import { environmentSettings, flagSettings } from './overrides.ts';
import { type NamedFiles, readNamedFiles } from './read-files.ts';
import { type RawSettings, readKeys } from './read-keys.ts';
import { systemResolvers } from './system-resolvers.ts';

/** Where settings come from, weakest first; each may be left out. */
export interface ConfigInputs {
  /** The path of the JSON file; a leading `~/` means the home folder. */
  readonly file?: string | undefined;
  /** Settings as they would stand in the file. They win over the file's. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment variables: `MESONYM_*`, and systemd's `STATE_DIRECTORY`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Command line flags by setting, as typed. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Files and addresses of this machine; handed in by tests. */
  readonly machine?: Machine;
}

/** What a config needs to know of the machine. */
export interface Machine {
  /** Throws when the file cannot be read. */
  readonly readText: (path: string) => string;
  readonly ownAddresses: () => readonly string[];
}

/**
 * Reads, checks and freezes a config.
 *
 * @throws {ConfigError} With every fault that was found.
 */
export function loadConfig(inputs: ConfigInputs): {
  readonly config: Config;
  readonly warnings: readonly string[];
} {
  const machine = inputs.machine ?? thisMachine();
  const path = inputs.file === undefined ? undefined : absolutePath(inputs.file);
  const inFile = readKeys(readFile(path, machine));
  const over = readKeys(inputs.settings ?? {});
  const environment = environmentSettings(inputs.environment ?? {});
  const raw = {
    ...inFile.raw,
    ...over.raw,
    ...environment.raw,
    ...flagSettings(inputs.flags ?? {}),
  };
  const { settings, faults } = checkFields(withHome(withoutUnset(raw)));
  const files = readNamedFiles(settings, machine.readText);
  const keys = [...inFile.faults, ...over.faults];
  const all = [...keys, ...faults, ...checkTogether(settings), ...files.faults];
  if (all.length > 0) throw new ConfigError(path ?? 'the settings', all);
  // Without faults no setting is missing.
  const whole = settings as Settings;
  const config = deepFreeze(finish(whole, raw, files, path, inputs, machine));
  const warnings = [...inFile.warnings, ...over.warnings, ...environment.warnings];
  return { config, warnings: [...warnings, ...doubts(whole)] };
}

/** The file that is read when none is named, as in Mesos-DNS. */
export const DEFAULT_FILE = 'config.json';

function finish(
  settings: Settings,
  raw: RawSettings,
  files: NamedFiles,
  path: string | undefined,
  { environment }: ConfigInputs,
  machine: Machine,
): Config {
  const state = environment?.STATE_DIRECTORY?.split(':')[0];
  return {
    ...settings,
    file: path ?? '',
    zk: files.zk,
    pem: files.pem,
    iam: files.iam,
    timeout: settings.timeout === 0 ? 5 : settings.timeout,
    SOAMname: settings.SOAMname ?? knownName(`ns1.${settings.domain}`),
    SOARname: settings.SOARname ?? knownName(`root.ns1.${settings.domain}`),
    listeners: listenersOf(settings),
    resolvers: resolversOf(settings, machine),
    snapshotFile:
      raw.snapshotFile === undefined && state
        ? join(state, 'zone.snapshot')
        : settings.snapshotFile,
  };
}

function listenersOf({ listener, listeners, port }: Settings): Config['listeners'] {
  if (listeners.length === 0) return [endpoint(listener, port)];
  return listeners.map(({ host, port: own }) => endpoint(host, own === 0 ? port : own));
}

function resolversOf({ resolvers, externalOn }: Settings, machine: Machine): Config['resolvers'] {
  if (!externalOn || resolvers.length > 0) return resolvers;
  return [...systemResolvers(textOrNothing('/etc/resolv.conf', machine), machine.ownAddresses())];
}

function textOrNothing(path: string, machine: Machine): string {
  try {
    return machine.readText(path);
  } catch {
    return '';
  }
}

/**
 * Without what Mesos-DNS takes for not set: an empty `zk`, its default, an empty `httpListener`,
 * which listens everywhere, and `resolvers`, right or wrong, where they are not used.
 */
function withoutUnset(raw: RawSettings): RawSettings {
  const filled = (value: unknown) => (value === '' ? undefined : value);
  const resolvers = raw.externalOn === false ? undefined : raw.resolvers;
  return { ...raw, zk: filled(raw.zk), httpListener: filled(raw.httpListener), resolvers };
}

function withHome(raw: RawSettings): RawSettings {
  const entries = Object.entries(raw).map(([name, value]) => [
    name,
    typeof value === 'string' && /file$/i.test(name) ? withoutTilde(value) : value,
  ]);
  return Object.fromEntries(entries) as RawSettings;
}

/** A user made for the moment (systemd's DynamicUser) has no home, and asking for it throws. */
function withoutTilde(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}

function readFile(path: string | undefined, machine: Machine): Record<string, unknown> {
  if (path === undefined) return {};
  const fault = (found: string, cause: unknown) => new ConfigError(path, [whole(found)], cause);
  let text: string;
  try {
    text = machine.readText(path);
  } catch (error) {
    throw fault(error instanceof Error ? error.message : String(error), error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fault(`no JSON: ${(error as SyntaxError).message}`, error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fault('JSON of another kind', undefined);
  }
  return value as Record<string, unknown>;
}

function whole(found: string): ConfigFault {
  return { path: 'the file', found, wanted: 'one JSON object' };
}

function absolutePath(file: string): string {
  return resolve(withoutTilde(file));
}

function thisMachine(): Machine {
  return {
    readText: path => readFileSync(path, 'utf8'),
    ownAddresses: () =>
      Object.values(networkInterfaces()).flatMap(
        found => found?.map(({ address }) => address) ?? [],
      ),
  };
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
