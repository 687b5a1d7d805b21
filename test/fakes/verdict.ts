import packet from 'dns-packet';
import type { Octets } from '../../src/dns/index.ts';

const RCODES = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];
const EXTENDED_RCODES = new Map([
  [16, 'BADVERS'],
  [23, 'BADCOOKIE'],
]);
const FLAGS = [
  [0x0400, 'aa'],
  [0x0200, 'tc'],
  [0x0100, 'rd'],
  [0x0080, 'ra'],
  [0x0040, 'z'],
  [0x0020, 'ad'],
  [0x0010, 'cd'],
] as const;

/** The OPT record of a response, as far as tests look at it. */
export interface SeenOpt {
  readonly extendedRcode: number;
  readonly ednsVersion: number;
  readonly flags: number;
  readonly options: readonly { readonly code: number; readonly data?: Buffer }[];
}

/** Takes a response apart with a codec that is not ours; undefined when it cannot be read. */
export function seenResponse(octets: Octets) {
  const message = decoded(octets);
  const opt = message?.additionals?.find(({ type }) => type === 'OPT') as unknown as
    | SeenOpt
    | undefined;
  return message && { message, opt };
}

function decoded(octets: Octets) {
  try {
    return packet.decode(Buffer.from(octets));
  } catch {
    return undefined;
  }
}

/**
 * A response in one line, the way genreport of ISC judges: code, flags, types answered, whether the
 * authority says no (SOA), and what the OPT record holds: `NOERROR aa A opt cookie`. Whether an error
 * repeats the question or is explained (RFC 8914), additional records, TTLs and order are left out.
 */
export function verdictOf(octets: Octets | undefined): string {
  if (octets === undefined) return 'silence';
  const seen = seenResponse(octets);
  if (seen === undefined) return `${RCODES[octets[3] & 15]} unreadable`;
  const { message, opt } = seen;
  const flags = (octets[2] << 8) | octets[3];
  const rcode = (opt ? opt.extendedRcode << 4 : 0) | (flags & 15);
  const answers = [...new Set(message.answers?.map(({ type }) => type))].toSorted();
  const isNegative = message.authorities?.some(({ type }) => type === 'SOA') ?? false;
  return [
    RCODES[rcode] ?? EXTENDED_RCODES.get(rcode) ?? `rcode ${rcode}`,
    ...FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name),
    ...answers,
    ...(isNegative ? ['no'] : []),
    ...(opt ? optWords(opt) : []),
  ].join(' ');
}

const EXTENDED_ERROR = 15;
const OPTION_NAMES = new Map([
  [3, 'nsid'],
  [8, 'subnet'],
  [9, 'expire'],
  [10, 'cookie'],
  [11, 'keepalive'],
  [12, 'padding'],
]);

function optWords({ ednsVersion, flags, options }: SeenOpt): readonly string[] {
  return [
    ednsVersion === 0 ? 'opt' : `opt-version-${ednsVersion}`,
    ...((flags & 0x8000) !== 0 ? ['do'] : []),
    ...((flags & 0x7fff) !== 0 ? ['mbz'] : []),
    ...options
      .filter(({ code }) => code !== EXTENDED_ERROR)
      .map(({ code }) => OPTION_NAMES.get(code) ?? `option-${code}`)
      .toSorted(),
  ];
}
