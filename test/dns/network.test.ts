import { expect, test } from 'vitest';
import {
  addressOctets,
  inNetworks,
  ipAddress,
  LOCAL_NETWORKS,
  network,
} from '../../src/dns/index.ts';

test.each([
  { text: '10.0.0.0/8', bits: 8 },
  { text: '10.0.0.1', bits: 32 },
  { text: '::/0', bits: 0 },
  { text: 'fe80::1', bits: 128 },
  { text: '10.0.0.0/33', bits: undefined },
  { text: '10.0.0.0/', bits: undefined },
  { text: '10.0.0.0/8/8', bits: undefined },
  { text: 'localhost/8', bits: undefined },
])('network($text) has $bits bits', ({ text, bits }) => {
  expect(network(text)?.bits).toBe(bits);
});

test.each([
  { networks: ['10.0.0.0/8'], address: '10.255.0.1', isIn: true },
  { networks: ['10.0.0.0/8'], address: '11.0.0.1', isIn: false },
  { networks: ['0.0.0.0/0'], address: '203.0.113.9', isIn: true },
  { networks: ['0.0.0.0/0'], address: '2001:db8::1', isIn: false },
  { networks: ['192.0.2.4/30', '198.51.100.7'], address: '192.0.2.7', isIn: true },
  { networks: ['192.0.2.4/30', '198.51.100.7'], address: '192.0.2.8', isIn: false },
  { networks: ['192.0.2.4/30', '198.51.100.7'], address: '198.51.100.7', isIn: true },
  { networks: ['2001:db8:0:1::/63'], address: '2001:db8:0:0:ffff::', isIn: true },
  { networks: ['2001:db8:0:1::/63'], address: '2001:db8:0:2::', isIn: false },
  { networks: [], address: '127.0.0.1', isIn: false },
  { networks: LOCAL_NETWORKS, address: '172.31.0.1', isIn: true },
  { networks: LOCAL_NETWORKS, address: '172.32.0.1', isIn: false },
  { networks: LOCAL_NETWORKS, address: 'fe80::1', isIn: true },
])('$address in $networks: $isIn', ({ networks, address, isIn }) => {
  const octets = addressOctets(ipAddress(address)!);
  const shifted = Uint8Array.from([9, ...octets, 9]);
  const has = inNetworks(networks.map(text => network(text)!));
  expect(has(shifted, 1, octets.length as 4 | 16)).toBe(isIn);
});

test('an IPv4-mapped address counts as IPv4', () => {
  const mapped = Uint8Array.from([...new Uint8Array(10), 0xff, 0xff, 10, 0, 0, 1]);
  expect(inNetworks([network('10.0.0.0/8')!])(mapped, 0, 16)).toBe(true);
  expect(inNetworks([network('::/0')!])(mapped, 0, 16)).toBe(false);
});
