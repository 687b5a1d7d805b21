import { addressOctets, type IpAddress } from './address.ts';
import { type DomainName, knownName, parentName } from './name.ts';
import type { Network } from './network.ts';

/** Bits that one label of a reverse name stands for. */
const LABEL_BITS = { 4: 8, 6: 4 } as const;

/**
 * The name whose PTR record tells the name of an address: `4.3.2.10.in-addr.arpa.` (RFC 1035 section
 * 3.5), or its 32 hexadecimal digits below `ip6.arpa.` (RFC 3596 section 2.5).
 */
export function reverseName(address: IpAddress): DomainName {
  return nameOf(addressOctets(address));
}

/**
 * The zones that hold the reverse names of a network and no others. Zones begin between labels, so a
 * network that ends within an octet (IPv6: a digit) is several of them: 172.16.0.0/12 is sixteen.
 */
export function reverseZones({ address, bits }: Network): readonly DomainName[] {
  const labelBits = LABEL_BITS[address.family];
  const labels = Math.ceil(bits / labelBits);
  const first = addressOctets(address);
  for (let bit = bits; bit < 8 * first.length; bit++) first[bit >> 3] &= ~(0x80 >> (bit & 7));
  const step = 1 << ((8 - ((labels * labelBits) & 7)) & 7);
  return Array.from({ length: 2 ** (labels * labelBits - bits) }, (_, index) => {
    const octets = first.slice();
    if (labels > 0) octets[(labels * labelBits - 1) >> 3] += index * step;
    return ancestor(nameOf(octets), (8 * first.length) / labelBits - labels);
  });
}

function nameOf(octets: Uint8Array): DomainName {
  const reversed = [...octets].reverse();
  if (octets.length === 4) return knownName(`${reversed.join('.')}.in-addr.arpa`);
  const digits = reversed.flatMap(octet => [octet & 15, octet >> 4]);
  return knownName(`${digits.map(digit => digit.toString(16)).join('.')}.ip6.arpa`);
}

function ancestor(name: DomainName, labelsUp: number): DomainName {
  return labelsUp === 0 ? name : ancestor(parentName(name), labelsUp - 1);
}
