import { createPrivateKey } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { type Config, type IamAccount, PEM_FIELDS, type Settings } from './config.ts';
import type { ConfigFault } from './error.ts';
import { LEADER_SOURCE, type LeaderSource, leaderSource } from './leader-source.ts';

/** What the files named by settings hold, and the faults of those that cannot be used. */
export interface NamedFiles {
  readonly pem: Config['pem'];
  readonly iam: IamAccount | undefined;
  readonly zk: Config['zk'];
  readonly faults: readonly ConfigFault[];
}

type ReadText = (path: string) => string;

/** Reads every file that a setting names. */
export function readNamedFiles(settings: Partial<Settings>, readText: ReadText): NamedFiles {
  const faults: ConfigFault[] = [];
  const attempt = <Value>(path: string, wanted: string, read: () => Value): Value | undefined => {
    try {
      return read();
    } catch (error) {
      faults.push({ path, found: reason(error), wanted });
      return undefined;
    }
  };
  const pem = PEM_FIELDS.filter(name => settings[name]).map(name => [
    name,
    attempt(name, 'a PEM file', () => readPem(settings[name] ?? '', readText)),
  ]);
  const {
    tlsCertFile: cert,
    tlsKeyFile: key,
    dnssecKeyFile,
  } = Object.fromEntries(pem) as Config['pem'];
  if (cert && key) attempt('tlsKeyFile', 'the key of tlsCertFile', () => checkPair(cert, key));
  if (dnssecKeyFile) attempt('dnssecKeyFile', ZONE_KEY, () => checkZoneKey(dnssecKeyFile));
  const { zk: source, IAMConfigFile: account } = settings;
  const usesIam = settings.mesosAuthentication === 'iam' && account;
  const iam = usesIam
    ? attempt('IAMConfigFile', 'a JSON file with uid, private_key and login_endpoint', () =>
        readIam(account, readText),
      )
    : undefined;
  const zk = source && attempt('zk', LEADER_SOURCE, () => resolveSource(source, readText));
  return { pem: Object.fromEntries(pem) as Config['pem'], iam, zk, faults };
}

const ZONE_KEY = 'a private key for ECDSA P-256 or Ed25519';

/** Throws when the zone cannot be signed with it. */
function checkZoneKey(pem: string): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPrivateKey(pem);
  const isGood = type === 'ed25519' || (type === 'ec' && details?.namedCurve === 'prime256v1');
  if (!isGood) throw new Error(`a key of type ${type} ${details?.namedCurve ?? ''}`.trim());
}

/** Throws when a certificate and a key do not belong together. */
function checkPair(cert: string, key: string): void {
  createSecureContext({ cert, key });
}

function readPem(path: string, readText: ReadText): string {
  const text = readText(path);
  if (!text.includes('-----BEGIN ')) throw new Error('a file without a PEM block');
  return text;
}

const IAM_FILE = z.object({
  uid: z.string().min(1),
  private_key: z.string().includes('-----BEGIN '),
  login_endpoint: z.url(),
});

function readIam(path: string, readText: ReadText): IamAccount {
  const result = IAM_FILE.safeParse(JSON.parse(readText(path)));
  if (!result.success) throw new Error(`wrong in ${result.error.issues[0].path.join('.')}`);
  const { uid, private_key: privateKey, login_endpoint: loginEndpoint } = result.data;
  return { uid, privateKey, loginEndpoint };
}

function resolveSource(source: LeaderSource, readText: ReadText): Config['zk'] {
  if (source.kind !== 'file') return source;
  const held = leaderSource(readText(source.path).trim());
  if (held === undefined || held.kind === 'file')
    throw new Error(`something else in ${source.path}`);
  return held;
}

/** Why a file could not be read, without what stands in it. */
function reason(error: unknown): string {
  if (error instanceof SyntaxError) return 'no JSON';
  return error instanceof Error ? error.message : String(error);
}
