import { isIPv4, isIPv6 } from 'node:net';
import type { Octets } from './octets.ts';

const DOT = 0x2e;
const ZERO = 0x30;

/** An IP address in its one canonical text: dotted decimal, or IPv6 as RFC 5952 writes it. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly text: string;
}

/**
 * The address that `text` spells; undefined for anything else, for leading zeros and for zone
 * suffixes (`%eth0`). An IPv4-mapped IPv6 address counts as IPv4.
 */
export function ipAddress(text: string): IpAddress | undefined {
  if (isIPv4(text)) return { family: 4, text };
  if (text.includes('%') || !isIPv6(text)) return undefined;
  const octets = ipv6Octets(text);
  const mapped = mappedIpv4(octets);
  return mapped ? { family: 4, text: mapped } : { family: 6, text: ipv6Text(octets) };
}

/** The 4 or 16 octets of an address, in network order. */
export function addressOctets(address: IpAddress): Octets {
  return address.family === 4 ? ipv4Octets(address.text) : ipv6Octets(address.text);
}

/**
 * Writes dotted decimal, which must be canonical, to `octets[at]` and returns the offset behind it.
 * Digit by digit, without making anything: a zone has very many. Past the end nothing is written.
 */
export function writeIpv4(text: string, octets: Octets, at: number): number {
  let next = at;
  let octet = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      octets[next++] = octet;
      octet = 0;
    } else {
      octet = octet * 10 + code - ZERO;
    }
  }
  octets[next] = octet;
  return next + 1;
}

/** The address in `octets[at, at + length)`; `length` is 4 or 16. IPv4-mapped counts as IPv4. */
export function addressFromOctets(octets: Octets, at: number, length: 4 | 16): IpAddress {
  const own = octets.subarray(at, at + length);
  if (length === 4) return { family: 4, text: own.join('.') };
  const mapped = mappedIpv4(own);
  return mapped ? { family: 4, text: mapped } : { family: 6, text: ipv6Text(own) };
}

function ipv4Octets(text: string): Octets {
  return Uint8Array.from(text.split('.'), Number);
}

/** `text` is a valid IPv6 address without a zone suffix. */
function ipv6Octets(text: string): Octets {
  const [head, tail] = text.split('::');
  const headWords = words(head);
  const tailWords = tail === undefined ? [] : words(tail);
  const gap = Array.from({ length: 8 - headWords.length - tailWords.length }, () => 0);
  return Uint8Array.from(
    [...headWords, ...gap, ...tailWords].flatMap(word => [word >> 8, word & 0xff]),
  );
}

function words(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap(group => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a, b, c, d] = ipv4Octets(group);
    return [(a << 8) | b, (c << 8) | d];
  });
}

function mappedIpv4(octets: Octets): string | undefined {
  const isMapped = octets.subarray(0, 10).every(octet => octet === 0) && octets[10] === 0xff;
  return isMapped && octets[11] === 0xff ? octets.subarray(12, 16).join('.') : undefined;
}

/** RFC 5952 section 4: lower case, no leading zeros, the longest run of zero words shortened. */
function ipv6Text(octets: Octets): string {
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push((octets[at] << 8) | octets[at + 1]);
  const run = longestZeroRun(groups);
  const hex = (part: readonly number[]) => part.map(group => group.toString(16)).join(':');
  if (run.length < 2) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
