import { existsSync } from 'node:fs';
import { type Config, ConfigError, DEFAULT_FILE, fieldNamed, loadConfig } from '../config/index.ts';
import type { ExitCode, Shell } from './shell.ts';

/** What yargs makes of a command line. */
export type Arguments = Readonly<Record<string, unknown>>;

/**
 * The config a command line asks for: the file named by `--config` or `MESONYM_CONFIG`, else
 * config.json where it is there; over it environment variables, over both flags.
 *
 * @throws {ConfigError}
 */
export function configFor(args: Arguments, { environment }: Shell): ReturnType<typeof loadConfig> {
  const file = fileFor(args, environment);
  return loadConfig({ file, environment, flags: settingFlags(args) });
}

/**
 * The config for commands that make names and ask no master: it need not say where masters are.
 *
 * @throws {ConfigError}
 */
export function namingConfig(args: Arguments, { environment }: Shell): Config {
  const file = fileFor(args, environment);
  const settings = file === undefined ? { zk: 'zk://127.0.0.1/mesos' } : {};
  return loadConfig({ file, settings, environment, flags: settingFlags(args) }).config;
}

/** Prints what is wrong with a config, a fault a line. */
export function printFaults(error: ConfigError, shell: Shell): ExitCode {
  shell.err(error.message.split(': ', 1)[0]);
  for (const { path, found, wanted } of error.faults)
    shell.err(`  ${path} is ${found}, expected ${wanted}`);
  return 1;
}

function fileFor(args: Arguments, environment: Shell['environment']): string | undefined {
  const named = textOf(args.config) ?? environment.MESONYM_CONFIG;
  return named ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
}

/** Where the running server's HTTP API is, and the headers that open it. */
export interface ServerAddress {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The server that `--server` names; else the one the config at hand describes, on this machine. */
export function serverFor(args: Arguments, shell: Shell): ServerAddress {
  const config = configIfAny(args, shell);
  const named = textOf(args.server);
  const origin = named === undefined ? localOrigin(config) : originOf(named);
  return { origin, headers: config === undefined ? {} : authorization(config) };
}

/** The config at hand; undefined where there is none and none was named. */
export function configIfAny(args: Arguments, shell: Shell): Config | undefined {
  try {
    return configFor(args, shell).config;
  } catch (error) {
    const isNamed = args.config !== undefined || shell.environment.MESONYM_CONFIG !== undefined;
    if (isNamed || !(error instanceof ConfigError)) throw error;
    return undefined;
  }
}

function originOf(server: string): string {
  const text = server.includes('://') ? server : `http://${server}`;
  if (!URL.canParse(text))
    throw new TypeError(`--server is ${server}, expected an address such as http://127.0.0.1:8123`);
  return new URL(text).origin;
}

function localOrigin(config: Config | undefined): string {
  if (config === undefined) return 'http://127.0.0.1:8123';
  const { httpListener, httpPort, apiCertFile } = config;
  const host =
    httpListener === '0.0.0.0' ? '127.0.0.1' : httpListener === '::' ? '::1' : httpListener;
  const scheme = apiCertFile === '' ? 'http' : 'https';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${httpPort}`;
}

function authorization({ apiToken, apiCredentials }: Config): Readonly<Record<string, string>> {
  if (apiToken !== '') return { authorization: `Bearer ${apiToken}` };
  const { principal, secret } = apiCredentials;
  if (principal === '' && secret === '') return {};
  return { authorization: `Basic ${Buffer.from(`${principal}:${secret}`).toString('base64')}` };
}

/** The flags that name settings, as typed; one given several times makes a list. */
export function settingFlags(args: Arguments): Record<string, string> {
  const named = Object.entries(args).filter(
    ([name, value]) => fieldNamed(name) === name && value !== undefined,
  );
  const flags = Object.fromEntries(
    named.map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
  );
  if (Number(args.verbose ?? 0) > 0) flags.logLevel ??= 'debug';
  return flags;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
