/** RR types by mnemonic (IANA DNS parameters). Those of our zone, and those a log should name. */
export const RR_TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  TLSA: 52,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
} as const;

/** RR classes (RFC 1035 section 3.2.4). */
export const RR_CLASS = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;

/** Response codes (RFC 1035 section 4.1.1, RFC 2136, RFC 6891, RFC 8945). */
export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  NOTAUTH: 9,
  BADVERS: 16,
  BADSIG: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADTRUNC: 22,
  BADCOOKIE: 23,
} as const;

/** Opcodes (RFC 1035 section 4.1.1, RFC 1996, RFC 2136). */
export const OPCODE = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5 } as const;

/** EDNS option codes (IANA). */
export const EDNS_OPTION = {
  NSID: 3,
  CLIENT_SUBNET: 8,
  EXPIRE: 9,
  COOKIE: 10,
  KEEPALIVE: 11,
  PADDING: 12,
  EXTENDED_ERROR: 15,
} as const;

/** Extended DNS error codes (RFC 8914 section 5.2). */
export const EXTENDED_ERROR = {
  OTHER: 0,
  STALE_ANSWER: 3,
  NOT_READY: 14,
  PROHIBITED: 18,
  STALE_NXDOMAIN: 19,
  NOT_AUTHORITATIVE: 20,
  NO_REACHABLE_AUTHORITY: 22,
  NETWORK_ERROR: 23,
} as const;

/** The mnemonic of an RR type, or `TYPE65280` for one without (RFC 3597 section 5). */
export function typeName(code: number): string {
  return TYPE_NAMES.get(code) ?? `TYPE${code}`;
}

/** The code of a mnemonic or of `TYPE65280`, case ignored; undefined when it is neither. */
export function typeCode(text: string): number | undefined {
  const upper = text.toUpperCase();
  const known = TYPE_CODES.get(upper);
  if (known !== undefined) return known;
  const generic = /^TYPE(\d{1,5})$/.exec(upper);
  const code = generic ? Number(generic[1]) : Number.NaN;
  return code <= 0xffff ? code : undefined;
}

const TYPE_CODES: ReadonlyMap<string, number> = new Map(Object.entries(RR_TYPE));
const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(RR_TYPE).map(([name, code]) => [code, name]),
);
