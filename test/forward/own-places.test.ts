import { expect, test } from 'vitest';
import { isOwnPlace, machineAddresses } from '../../src/forward/own-places.ts';

const machine = new Set(['10.0.0.1', '2001:db8::1']);

test.each([
  { why: 'the very place', address: '10.0.0.1', own: '10.0.0.1:53', is: true },
  { why: 'another port', address: '10.0.0.1', own: '10.0.0.1:5353', is: false },
  { why: 'another address', address: '10.0.0.2', own: '10.0.0.1:53', is: false },
  { why: 'ours, under the wildcard', address: '10.0.0.1', own: '0.0.0.0:53', is: true },
  { why: 'a stranger, under the wildcard', address: '10.0.0.2', own: '0.0.0.0:53', is: false },
  { why: 'the loopback, under the wildcard', address: '127.0.0.53', own: '0.0.0.0:53', is: true },
  { why: 'IPv6, under its wildcard', address: '2001:db8::1', own: '[::]:53', is: true },
  { why: 'the IPv6 loopback', address: '::1', own: '[::]:53', is: true },
  { why: 'IPv4 under the wildcard of IPv6', address: '10.0.0.1', own: '[::]:53', is: false },
])('isOwnPlace: $why', ({ address, own, is }) => {
  expect(isOwnPlace({ address, port: 53 }, [own], machine)).toBe(is);
});

test('the machine has its loopback', () => {
  expect(machineAddresses()).toContain('127.0.0.1');
});
