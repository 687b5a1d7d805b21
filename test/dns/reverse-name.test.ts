import { expect, test } from 'vitest';
import { ipAddress, network, reverseName, reverseZones } from '../../src/dns/index.ts';

test.each([
  { address: '10.2.3.4', name: '4.3.2.10.in-addr.arpa.' },
  { address: '0.0.0.0', name: '0.0.0.0.in-addr.arpa.' },
  { address: '::ffff:10.2.3.4', name: '4.3.2.10.in-addr.arpa.' },
  {
    // The example of RFC 3596 section 2.5.
    address: '4321:0:1:2:3:4:567:89ab',
    name: 'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa.',
  },
])('the reverse name of $address', ({ address, name }) => {
  expect(reverseName(ipAddress(address)!)).toBe(name);
});

test.each([
  { text: '10.0.0.0/8', zones: ['10.in-addr.arpa.'] },
  { text: '10.1.2.3/8', zones: ['10.in-addr.arpa.'] },
  { text: '192.168.0.0/16', zones: ['168.192.in-addr.arpa.'] },
  { text: '172.16.0.0/15', zones: ['16.172.in-addr.arpa.', '17.172.in-addr.arpa.'] },
  { text: '10.0.1.0/23', zones: ['0.0.10.in-addr.arpa.', '1.0.10.in-addr.arpa.'] },
  { text: '10.0.0.6/31', zones: ['6.0.0.10.in-addr.arpa.', '7.0.0.10.in-addr.arpa.'] },
  { text: '10.0.0.7', zones: ['7.0.0.10.in-addr.arpa.'] },
  { text: 'fd00::/8', zones: ['d.f.ip6.arpa.'] },
  { text: 'fc00::/7', zones: ['c.f.ip6.arpa.', 'd.f.ip6.arpa.'] },
  { text: 'fd12:3400::/23', zones: ['4.3.2.1.d.f.ip6.arpa.', '5.3.2.1.d.f.ip6.arpa.'] },
  { text: 'fd12:3456::/32', zones: ['6.5.4.3.2.1.d.f.ip6.arpa.'] },
])('the reverse zones of $text', ({ text, zones }) => {
  expect(reverseZones(network(text)!)).toEqual(zones);
});

test('172.16.0.0/12 is sixteen zones', () => {
  const zones = reverseZones(network('172.16.0.0/12')!);
  expect(zones).toHaveLength(16);
  expect([zones[0], zones[15]]).toEqual(['16.172.in-addr.arpa.', '31.172.in-addr.arpa.']);
});
