import { expect, test } from 'vitest';
import { guard } from '../../src/api/guard.ts';
import { inNetworks, network } from '../../src/dns/index.ts';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const credentials = { principal: 'ops', secret: 'p:ss' };

test.each([
  { why: 'the token', given: 'Bearer s3cret', verdict: 'allowed' },
  { why: 'the token, the scheme in other letters', given: 'bearer  s3cret', verdict: 'allowed' },
  { why: 'the credentials', given: basic('ops:p:ss'), verdict: 'allowed' },
  { why: 'another token', given: 'Bearer s3cre', verdict: 'unauthorized' },
  { why: 'a token in other letters', given: 'Bearer S3CRET', verdict: 'unauthorized' },
  { why: 'other credentials', given: basic('ops:pass'), verdict: 'unauthorized' },
  { why: 'nothing', given: undefined, verdict: 'unauthorized' },
  { why: 'an empty text', given: '', verdict: 'unauthorized' },
])('with $why a request is $verdict', ({ given, verdict }) => {
  const decide = guard({ networks: {}, token: 's3cret', credentials });
  expect(decide('records', '10.0.0.1', given)).toBe(verdict);
  expect(decide('health', '10.0.0.1', given)).toBe('allowed');
});

test('without token and credentials everybody may', () => {
  const decide = guard({ networks: {}, token: undefined, credentials: undefined });
  expect(decide('status', '192.0.2.1', undefined)).toBe('allowed');
});

test.each([
  { address: '10.1.2.3', verdict: 'allowed' },
  { address: '::ffff:10.1.2.3', verdict: 'allowed' },
  { address: 'fe80::1%eth0', verdict: 'allowed' },
  { address: '192.0.2.1', verdict: 'forbidden' },
  { address: '', verdict: 'forbidden' },
])('a part with networks is $verdict to $address', ({ address, verdict }) => {
  const networks = { status: inNetworks([network('10.0.0.0/8')!, network('fe80::/10')!]) };
  const decide = guard({ networks, token: undefined, credentials: undefined });
  expect(decide('status', address, undefined)).toBe(verdict);
  expect(decide('records', address, undefined)).toBe('allowed');
});
