import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { type DomainName, nameOctets, type Octets } from '../dns/index.ts';

/** The algorithms by which the zone can be signed: ECDSA P-256 (RFC 6605) and Ed25519 (RFC 8080). */
export type KeyAlgorithm = 'ecdsap256sha256' | 'ed25519';

/** The one key of a zone, which signs its records and itself. */
export interface SigningKey {
  /** The algorithm's number, 13 or 15. */
  readonly algorithm: number;
  /** RFC 4034 appendix B. */
  readonly tag: number;
  /** The rdata of the DNSKEY record. */
  readonly dnskey: Octets;
  /** The DNSKEY record in a master file's form, without TTL: also a trust anchor. */
  readonly dnskeyLine: string;
  /** The DS record, for the parent zone or as a trust anchor: SHA-256 (RFC 4509). */
  readonly dsLine: string;
  readonly sign: (octets: Octets) => Octets;
}

/** Zone key, secure entry point: key-signing and zone-signing in one. */
const FLAGS = 257;
const PROTOCOL = 3;
const SHA256 = 2;
const NUMBERS: Readonly<Record<KeyAlgorithm, number>> = { ecdsap256sha256: 13, ed25519: 15 };

/**
 * Reads a private key of PEM (PKCS #8) for the zone at `origin`.
 *
 * @throws {Error} When it is no private key, or of another kind than the two.
 */
export function signingKey(pem: string, origin: DomainName): SigningKey {
  const key = createPrivateKey(pem);
  const kind = algorithmOf(key);
  const algorithm = NUMBERS[kind];
  const head = [FLAGS >> 8, FLAGS & 255, PROTOCOL, algorithm];
  const publicOctets = publicKeyOctets(key);
  const dnskey = Uint8Array.from([...head, ...publicOctets]);
  const tag = keyTag(dnskey);
  const digest = createHash('sha256').update(nameOctets(origin)).update(dnskey).digest('hex');
  const text = Buffer.from(publicOctets).toString('base64');
  return {
    algorithm,
    tag,
    dnskey,
    dnskeyLine: `${origin} IN DNSKEY ${FLAGS} ${PROTOCOL} ${algorithm} ${text}`,
    dsLine: `${origin} IN DS ${tag} ${algorithm} ${SHA256} ${digest.toUpperCase()}`,
    sign: octets =>
      kind === 'ed25519'
        ? sign(null, octets, key)
        : sign('sha256', octets, { key, dsaEncoding: 'ieee-p1363' }),
  };
}

/** Makes a new private key, as PEM (PKCS #8). */
export function keyPem(algorithm: KeyAlgorithm): string {
  const { privateKey } =
    algorithm === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function algorithmOf(key: KeyObject): KeyAlgorithm {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ed25519') return 'ed25519';
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return 'ecdsap256sha256';
  throw new Error(`a key of type ${type}, neither ECDSA P-256 nor Ed25519`);
}

/** The two coordinates of a point (RFC 6605 section 4), or the one text of Ed25519. */
function publicKeyOctets(key: KeyObject): Octets {
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}

function keyTag(dnskey: Octets): number {
  let sum = 0;
  for (const [index, octet] of dnskey.entries()) sum += index & 1 ? octet : octet << 8;
  return (sum + (sum >> 16)) & 0xffff;
}
