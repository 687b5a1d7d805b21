import { expect, test } from 'vitest';
import { SipHash } from '../../src/dns/siphash.ts';

const KEY = Uint8Array.from({ length: 16 }, (_, index) => index);

// Vectors of the reference implementation: key 00..0f, input 00, 00 01, ... of each length.
test.each([
  { length: 0, hash: '310e0edd47db6f72' },
  { length: 1, hash: 'fd67dc93c539f874' },
  { length: 7, hash: '37d1018bf50002ab' },
  { length: 8, hash: '6224939a79f5f593' },
  { length: 15, hash: 'e545be4961ca29a1' },
  { length: 63, hash: '724506eb4c328a95' },
])('SipHash-2-4 of $length octets', ({ length, hash }) => {
  const sip = new SipHash(KEY);
  sip.digest(
    Uint8Array.from({ length }, (_, index) => index),
    length,
  );
  expect(Buffer.from(Uint8Array.from(new Uint8Array(sip.hash.buffer))).toString('hex')).toBe(hash);
});
