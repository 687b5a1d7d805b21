import { addressOctets, type IpAddress, ipAddress } from './address.ts';
import { longAt } from './octet-numbers.ts';
import type { Octets } from './octets.ts';

/** A range of addresses that share their first `bits` bits: `10.0.0.0/8`, `fe80::/10`. */
export interface Network {
  readonly address: IpAddress;
  readonly bits: number;
}

/** Loopback, private (RFC 1918, RFC 4193) and link-local (RFC 3927, RFC 4291) ranges. */
export const LOCAL_NETWORKS: readonly string[] = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
];

/** The network that `text` spells (CIDR, or a single address); undefined for anything else. */
export function network(text: string): Network | undefined {
  const [addressText, bitsText, ...rest] = text.split('/');
  const address = ipAddress(addressText);
  if (!address || rest.length > 0) return undefined;
  const most = address.family === 4 ? 32 : 128;
  if (bitsText === undefined) return { address, bits: most };
  const bits = /^\d{1,3}$/.test(bitsText) ? Number(bitsText) : Number.NaN;
  return bits <= most ? { address, bits } : undefined;
}

/**
 * Says whether the address in `octets[at, at + length)` lies in one of the networks; an IPv4-mapped
 * one counts as IPv4. Allocates nothing.
 */
export type InNetworks = (octets: Octets, at: number, length: 4 | 16) => boolean;

/** Compiles a list of networks into words and masks. An empty list holds no address. */
export function inNetworks(networks: readonly Network[]): InNetworks {
  const four = compile(networks, 4);
  const sixteen = compile(networks, 16);
  return (octets, at, length) => {
    if (length === 4) return matches(four, octets, at, 4);
    return isMapped(octets, at)
      ? matches(four, octets, at + 12, 4)
      : matches(sixteen, octets, at, 16);
  };
}

/** For each network and each 32-bit word of its address: the mask, then the masked word. */
function compile(networks: readonly Network[], length: 4 | 16): Int32Array {
  const own = networks.filter(({ address }) => (address.family === 4 ? 4 : 16) === length);
  const pairs = own.flatMap(({ address, bits }) => {
    const octets = addressOctets(address);
    return Array.from({ length: length / 4 }, (_, word) => {
      const mask = prefixMask(bits, word);
      return [mask, longAt(octets, word * 4) & mask];
    });
  });
  return Int32Array.from(pairs.flat());
}

function matches(compiled: Int32Array, octets: Octets, at: number, length: number): boolean {
  const words = length >> 2;
  next: for (let entry = 0; entry < compiled.length; entry += 2 * words) {
    for (let word = 0; word < words; word++) {
      const pair = entry + 2 * word;
      if ((longAt(octets, at + 4 * word) & compiled[pair]) !== compiled[pair + 1]) continue next;
    }
    return true;
  }
  return false;
}

/** The mask, 32 bits, of one of the words of an address, for a prefix of so many bits. */
export function prefixMask(bits: number, word: number): number {
  const maskBits = Math.min(32, Math.max(0, bits - 32 * word));
  return maskBits === 0 ? 0 : -1 << (32 - maskBits);
}

/** Says whether the 16 octets at `at` are an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2). */
export function isMapped(octets: Octets, at: number): boolean {
  const high = longAt(octets, at) | longAt(octets, at + 4);
  return high === 0 && longAt(octets, at + 8) === 0xffff;
}
