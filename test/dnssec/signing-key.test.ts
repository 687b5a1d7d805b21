import { createPrivateKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { knownName, nameOctets, type Octets } from '../../src/dns/index.ts';
import { keyPem, signingKey } from '../../src/dnssec/index.ts';
import { canonicalOctets } from '../../src/dnssec/rrset.ts';

/** PEM of a raw private key: the octets that stand before it in PKCS #8. */
function pemOf(head: string, raw: string): string {
  const der = Buffer.concat([Buffer.from(head, 'hex'), Buffer.from(raw, 'base64')]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
const ED25519_HEAD = '302e020100300506032b657004220420';
const P256_HEAD = '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420';

test.each([
  {
    why: 'RFC 6605 section 6.1, ECDSA P-256',
    pem: pemOf(P256_HEAD, 'GU6SnQ/Ou+xC5RumuIUIuJZteXT2z0O/ok1s38Et6mQ='),
    origin: 'example.net',
    dnskey:
      '257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==',
    ds: '55648 13 2 B4C8C1FE2E7477127B27115656AD6256F424625BF5C1E2770CE6D6E37DF61D17',
  },
  {
    why: 'RFC 8080 section 6.1, Ed25519',
    pem: pemOf(ED25519_HEAD, 'ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI='),
    origin: 'example.com',
    dnskey: '257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=',
    ds: '3613 15 2 3AA5AB37EFCE57F737FC1627013FEE07BDF241BD10F3B1964AB55C78E79A304B',
  },
])('the records of a key are those of $why', ({ pem, origin, dnskey, ds }) => {
  const key = signingKey(pem, knownName(origin));
  expect(key.dnskeyLine).toBe(`${origin}. IN DNSKEY ${dnskey}`);
  expect(key.dsLine).toBe(`${origin}. IN DS ${ds}`);
});

test('an RRset is signed as in RFC 8080 section 6.1', () => {
  const pem = pemOf(ED25519_HEAD, 'ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=');
  const owner = nameOctets(knownName('example.com'));
  const rdata = Buffer.concat([Uint8Array.of(0, 10), nameOctets(knownName('mail.example.com'))]);
  const head = Buffer.alloc(18);
  for (const [at, value] of [
    [0, 15],
    [16, 3613],
  ])
    head.writeUInt16BE(value, at);
  head.set([15, 2], 2);
  for (const [at, value] of [
    [4, 3600],
    [8, 1_440_021_600],
    [12, 1_438_207_200],
  ]) {
    head.writeUInt32BE(value, at);
  }
  const records = canonicalOctets([{ owner, type: 15, ttl: 3600, rdata }]);
  const signature = signingKey(pem, knownName('example.com')).sign(
    Buffer.concat([head, owner, records]),
  );
  expect(Buffer.from(signature).toString('base64')).toBe(
    'oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==',
  );
});

test.each(['ecdsap256sha256', 'ed25519'] as const)('a new key of %s can be read', algorithm => {
  const key = signingKey(keyPem(algorithm), knownName('mesos'));
  const signature: Octets = key.sign(Uint8Array.of(1, 2, 3));
  expect(signature).toHaveLength(64);
});

test.each([
  { why: 'no key', pem: 'nothing' },
  { why: 'a key for something else', pem: otherPem() },
])('$why is refused', ({ pem }) => {
  expect(() => signingKey(pem, knownName('mesos'))).toThrow();
});

/** Of a curve that DNSSEC does not use here. */
function otherPem(): string {
  return pemOf('302e020100300506032b656e04220420', 'ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI=');
}
