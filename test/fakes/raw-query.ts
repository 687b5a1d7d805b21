import type { Octets } from '../../src/dns/index.ts';

/** What a message says, right or wrong. Everything left out is as a plain query has it. */
export interface RawQuery {
  readonly id?: number;
  /** The two octets of flags; 0 is QUERY without RD. */
  readonly flags?: number;
  /** Labels separated by dots; the root is empty, and null leaves the question out. */
  readonly name?: string | null;
  readonly type?: number;
  readonly class?: number;
  /** Records in each section, as the header claims. */
  readonly counts?: readonly [number, number, number, number];
  readonly opt?: RawOpt;
  /** What follows everything else. */
  readonly tail?: Octets;
}

export interface RawOpt {
  readonly udpPayload?: number;
  readonly version?: number;
  /** The two octets of flags; 0x8000 is DO. */
  readonly flags?: number;
  readonly options?: readonly RawOption[];
}

/** The code of an EDNS option and what it holds, in hexadecimal digits. */
export type RawOption = readonly [code: number, hex: string];

/** The octets of a message that a well-kept library would not make. */
export function rawQuery(query: RawQuery): Octets {
  const { id = 7, flags = 0, name = '', type = 1, class: rrClass = 1, opt, tail = [] } = query;
  const counts = query.counts ?? [name === null ? 0 : 1, 0, 0, opt ? 1 : 0];
  return Uint8Array.from([
    ...[id, flags, ...counts].flatMap(pair),
    ...(name === null ? [] : [...wireName(name), ...pair(type), ...pair(rrClass)]),
    ...(opt ? rawOpt(opt) : []),
    ...tail,
  ]);
}

/** An OPT record (RFC 6891). */
export function rawOpt({ udpPayload = 1232, version = 0, flags = 0, options = [] }: RawOpt) {
  const data = options.flatMap(([code, hex]) => {
    const octets = [...Buffer.from(hex, 'hex')];
    return [...pair(code), ...pair(octets.length), ...octets];
  });
  return [
    0,
    ...pair(41),
    ...pair(udpPayload),
    0,
    version,
    ...pair(flags),
    ...pair(data.length),
    ...data,
  ];
}

/** The octets of a name in a message. */
export function wireName(name: string): readonly number[] {
  const labels = name === '' ? [] : name.split('.');
  return [...labels.flatMap(label => [label.length, ...Buffer.from(label, 'latin1')]), 0];
}

function pair(value: number): number[] {
  return [value >> 8, value & 255];
}
