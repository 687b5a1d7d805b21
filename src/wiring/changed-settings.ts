import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/index.ts';

/** The names of the settings that differ. */
export function changedSettings(before: Config, after: Config): readonly string[] {
  const names = Object.keys(after) as (keyof Config)[];
  return names.filter(name => !isDeepStrictEqual(before[name], after[name]));
}

/** `config`, but with the settings in `names` as they are in `kept`. */
export function withSettingsOf(
  config: Config,
  kept: Config,
  names: readonly (keyof Config)[],
): Config {
  return { ...config, ...Object.fromEntries(names.map(name => [name, kept[name]])) };
}

/**
 * `config`, but with the certificate of `kept` where it has none and sockets for TLS are held all the
 * same: who comes to them would else be accepted and never answered.
 */
export function withCertificateOf(config: Config, kept: Config): Config {
  const { tlsCertFile: certificate, tlsKeyFile: key } = kept.pem;
  const isHeld = config.tlsListeners.length > 0 && config.pem.tlsCertFile === undefined;
  if (!isHeld || certificate === undefined || key === undefined) return config;
  const { tlsCertFile, tlsKeyFile } = kept;
  const pem = { ...config.pem, tlsCertFile: certificate, tlsKeyFile: key };
  return { ...config, tlsCertFile, tlsKeyFile, pem };
}
