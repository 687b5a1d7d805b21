import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { domainName } from '../dns/index.ts';
import { type KeyAlgorithm, keyPem, signingKey } from '../dnssec/index.ts';
import type { Arguments } from './settings.ts';
import type { ExitCode, Shell } from './shell.ts';

/** The algorithms that `--algorithm` offers, the usual one first. */
export const KEY_ALGORITHMS = [
  'ecdsap256sha256',
  'ed25519',
] as const satisfies readonly KeyAlgorithm[];

/** Whoever reads the key can sign what he likes. */
const OWNER_ONLY = 0o600;

/**
 * `mesonym keygen`: makes the key that signs answers, unless the file is there, and prints its records:
 * DNSKEY, a trust anchor for validators, and DS, for the parent zone.
 */
export async function keygen(args: Arguments, shell: Shell): Promise<ExitCode> {
  const file = String(args.file);
  const named = typeof args.domain === 'string' ? args.domain : 'mesos';
  const domain = domainName(named);
  if (!domain) throw new TypeError(`--domain is ${named}, expected a domain name`);
  const algorithm = KEY_ALGORITHMS.find(name => name === args.algorithm) ?? KEY_ALGORITHMS[0];
  const isNew = !existsSync(file);
  if (isNew) writeFileSync(file, keyPem(algorithm), { mode: OWNER_ONLY, flag: 'wx' });
  const { dnskeyLine, dsLine } = signingKey(readFileSync(file, 'utf8'), domain);
  shell.err(`${isNew ? 'Made' : 'Read'} the key in ${file}`);
  shell.out(dnskeyLine);
  shell.out(dsLine);
  return 0;
}
