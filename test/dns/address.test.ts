import { expect, test } from 'vitest';
import { addressFromOctets, addressOctets, ipAddress } from '../../src/dns/index.ts';

test.each([
  { why: 'keeps dotted decimal', text: '10.0.0.7', family: 4, canonical: '10.0.0.7' },
  { why: 'shortens IPv6', text: '2001:DB8:0:0:0:0:0:1', family: 6, canonical: '2001:db8::1' },
  { why: 'shortens the longest run', text: '1:0:0:2:0:0:0:3', family: 6, canonical: '1:0:0:2::3' },
  {
    why: 'shortens the first of equal runs',
    text: '1:0:0:2:3:0:0:4',
    family: 6,
    canonical: '1::2:3:0:0:4',
  },
  {
    why: 'leaves a single zero word',
    text: '1:0:2:3:4:5:6:7',
    family: 6,
    canonical: '1:0:2:3:4:5:6:7',
  },
  {
    why: 'takes the mapped form as IPv4',
    text: '::ffff:10.0.0.1',
    family: 4,
    canonical: '10.0.0.1',
  },
  { why: 'takes the mapped form in hex', text: '::ffff:a00:1', family: 4, canonical: '10.0.0.1' },
  { why: 'takes the unspecified address', text: '::', family: 6, canonical: '::' },
])('ipAddress $why', ({ text, family, canonical }) => {
  const address = ipAddress(text)!;
  expect(address).toEqual({ family, text: canonical });
  const octets = addressOctets(address);
  expect(addressFromOctets(octets, 0, octets.length as 4 | 16)).toEqual(address);
});

test.each([
  '',
  '10.0.0',
  '010.0.0.1',
  '10.0.0.256',
  'fe80::1%eth0',
  'web',
  '10.0.0.1:53',
  '1::2::3',
])('ipAddress refuses %j', text => {
  expect(ipAddress(text)).toBeUndefined();
});
