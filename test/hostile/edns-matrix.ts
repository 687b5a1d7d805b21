import { type RawOption, type RawQuery, rawOpt, wireName } from '../fakes/raw-query.ts';

/** A query of the matrix and the verdict (`verdictOf`) it has to get from everybody. */
export interface MatrixRow {
  readonly what: string;
  readonly query: RawQuery;
  readonly transport?: 'tcp';
  readonly verdict: string;
  /** The verdicts of those who decide otherwise, and why both may. */
  readonly but?: Readonly<Partial<Record<'knotd' | 'nsd' | 'named', string>>>;
  readonly reason?: string;
}

const CLIENT_COOKIE = '2464c4abcf10c957';
const COOKIE: RawOption = [10, CLIENT_COOKIE];
const SOA = { name: 'mesos', type: 6 };
const A = { name: 'web.marathon.mesos', type: 1 };
const MANY = { name: 'many.marathon.mesos', type: 1 };
const NOWHERE = { name: 'nope.mesos', type: 1 };
const OUTSIDE = { name: 'example.org', type: 1 };
const octets = (...values: readonly number[]) => Uint8Array.from(values);
const record = octets(0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4);

/** Without EDNS: RFC 8906 section 8.1, then what else a plain query can do wrong. */
export const PLAIN: readonly MatrixRow[] = [
  { what: '8.1.1: the zone', query: SOA, verdict: 'NOERROR aa SOA' },
  { what: '8.1.1: the zone, RD', query: { ...SOA, flags: 0x0100 }, verdict: 'NOERROR aa rd SOA' },
  { what: '8.1.2: an unknown type', query: { ...SOA, type: 1000 }, verdict: 'NOERROR aa no' },
  {
    what: '8.1.2: an unknown type of a service',
    query: { ...A, type: 1000 },
    verdict: 'NOERROR aa no',
  },
  {
    what: '8.1.3.1: CD',
    query: { ...SOA, flags: 0x0010 },
    verdict: 'NOERROR aa cd SOA',
    but: { knotd: 'NOERROR aa SOA', nsd: 'NOERROR aa SOA' },
    reason: 'CD is copied (RFC 4035 section 3.2.2); those two do not',
  },
  { what: '8.1.3.2: AD', query: { ...SOA, flags: 0x0020 }, verdict: 'NOERROR aa SOA' },
  {
    what: '8.1.3.3: the reserved bit',
    query: { ...SOA, flags: 0x0040 },
    verdict: 'NOERROR aa SOA',
  },
  {
    what: '8.1.3.4: RD without recursion',
    query: { ...A, flags: 0x0100 },
    verdict: 'NOERROR aa rd A',
  },
  {
    what: '8.1.4: an unknown opcode, header alone',
    query: { name: null, flags: 0x7800 },
    verdict: 'NOTIMP',
  },
  { what: '8.1.4: an unknown opcode', query: { ...SOA, flags: 0x7800 }, verdict: 'NOTIMP' },
  { what: '8.1.5: by TCP', query: SOA, transport: 'tcp', verdict: 'NOERROR aa SOA' },
  {
    what: 'flags of a response in a query',
    query: { ...SOA, flags: 0x0680 },
    verdict: 'NOERROR aa SOA',
  },
  { what: 'a response', query: { ...SOA, flags: 0x8000 }, verdict: 'silence' },
  { what: 'no such name', query: NOWHERE, verdict: 'NXDOMAIN aa no' },
  {
    what: 'a name with names below it alone',
    query: { name: 'marathon.mesos' },
    verdict: 'NOERROR aa no',
  },
  {
    what: 'a name of strange octets',
    query: { name: 'a\0\xff b.mesos' },
    verdict: 'NXDOMAIN aa no',
  },
  { what: 'a name in mixed case', query: { name: 'wEb.MaRaThOn.MESOS' }, verdict: 'NOERROR aa A' },
  { what: 'an outside name', query: OUTSIDE, verdict: 'REFUSED' },
  { what: 'the root', query: { type: 2 }, verdict: 'REFUSED' },
  {
    what: 'a long answer',
    query: MANY,
    verdict: 'NOERROR aa tc A',
    but: { knotd: 'NOERROR aa tc', nsd: 'NOERROR aa tc' },
    reason: 'a truncated answer of ours has as many records as fit: musl takes no empty one',
  },
  { what: 'a long answer by TCP', query: MANY, transport: 'tcp', verdict: 'NOERROR aa A' },
  { what: 'IQUERY', query: { ...SOA, flags: 0x0800 }, verdict: 'NOTIMP' },
  { what: 'STATUS', query: { ...SOA, flags: 0x1000 }, verdict: 'NOTIMP' },
  {
    what: 'NOTIFY',
    query: { ...SOA, flags: 0x2000 },
    verdict: 'NOTIMP',
    but: { knotd: 'NOTAUTH', nsd: 'REFUSED', named: 'NOERROR aa' },
    reason: 'we are nobody’s secondary',
  },
  {
    what: 'UPDATE',
    query: { ...SOA, flags: 0x2800 },
    verdict: 'NOTIMP',
    but: { knotd: 'NOTAUTH', named: 'REFUSED' },
    reason: 'there is no dynamic update',
  },
  { what: 'DSO', query: { ...SOA, flags: 0x3000 }, verdict: 'NOTIMP' },
  {
    what: 'AXFR by UDP',
    query: { ...SOA, type: 252 },
    verdict: 'REFUSED',
    but: { knotd: 'NOTIMP', nsd: 'NOTIMP', named: 'FORMERR' },
    reason: 'refused like any transfer that is not allowed',
  },
  {
    what: 'AXFR by TCP',
    query: { ...SOA, type: 252 },
    transport: 'tcp',
    verdict: 'REFUSED',
    but: { knotd: 'NOTAUTH', named: 'NOERROR aa A AAAA NS SOA SRV' },
    reason: 'transfers are closed unless configured; named opens them by default',
  },
  {
    what: 'IXFR',
    query: { ...SOA, type: 251 },
    verdict: 'REFUSED',
    but: { knotd: 'NOTAUTH', named: 'FORMERR' },
    reason: 'transfers are closed unless configured; named misses the SOA in the query',
  },
  {
    what: 'ANY',
    query: { ...A, type: 255 },
    verdict: 'NOERROR aa A AAAA',
    but: { knotd: 'NOERROR aa A', nsd: 'NOERROR aa A' },
    reason: 'all that is small, else one set (RFC 8482 section 4.1 leaves the choice)',
  },
  {
    what: 'MAILA',
    query: { ...SOA, type: 254 },
    verdict: 'NOERROR aa no',
    but: { named: 'NOTIMP' },
    reason: 'every type that is not there is NODATA',
  },
  {
    what: 'type OPT',
    query: { ...SOA, type: 41 },
    verdict: 'NOERROR aa no',
    but: { named: 'FORMERR' },
    reason: 'every type that is not there is NODATA',
  },
  {
    what: 'type TSIG',
    query: { ...SOA, type: 250 },
    verdict: 'NOERROR aa no',
    but: { named: 'FORMERR' },
    reason: 'every type that is not there is NODATA',
  },
  {
    what: 'type 0',
    query: { ...SOA, type: 0 },
    verdict: 'NOERROR aa no',
    but: { knotd: 'NOTIMP' },
    reason: 'every type that is not there is NODATA',
  },
  {
    what: 'version.bind',
    query: { name: 'version.bind', type: 16, class: 3 },
    verdict: 'NOERROR aa TXT',
    but: { knotd: 'NOERROR TXT', nsd: 'NOERROR TXT' },
    reason: 'the name is ours to answer for, as with named',
  },
  {
    what: 'version.server',
    query: { name: 'version.server', type: 16, class: 3 },
    verdict: 'NOERROR aa TXT',
    but: { knotd: 'NOERROR TXT', nsd: 'NOERROR TXT', named: 'REFUSED' },
    reason: 'the name is ours to answer for; named has version.bind alone',
  },
  {
    what: 'another name of CH',
    query: { name: 'other.bind', type: 16, class: 3 },
    verdict: 'REFUSED',
  },
  { what: 'our zone in class CH', query: { ...A, class: 3 }, verdict: 'REFUSED' },
  { what: 'class HS', query: { ...A, class: 4 }, verdict: 'REFUSED' },
  {
    what: 'class ANY',
    query: { ...A, class: 255 },
    verdict: 'NOERROR aa A',
    but: { nsd: 'NOERROR A', named: 'FORMERR' },
    reason: 'class ANY means IN here; named takes it for UPDATE alone',
  },
  {
    what: 'class NONE',
    query: { ...A, class: 254 },
    verdict: 'REFUSED',
    but: { named: 'FORMERR' },
    reason: 'named takes the class for UPDATE alone',
  },
  { what: 'a header alone', query: { name: null }, verdict: 'FORMERR' },
  {
    what: 'a question that is missing',
    query: { name: null, counts: [1, 0, 0, 0] },
    verdict: 'FORMERR',
    but: { knotd: 'silence' },
    reason: 'knotd drops what it cannot read',
  },
  {
    what: 'a question cut short',
    query: { name: null, counts: [1, 0, 0, 0], tail: octets(3, 0x77) },
    verdict: 'FORMERR',
    but: { knotd: 'silence' },
    reason: 'knotd drops what it cannot read',
  },
  {
    what: 'a name that points at itself',
    query: { name: null, counts: [1, 0, 0, 0], tail: octets(0xc0, 12, 0, 1, 0, 1) },
    verdict: 'FORMERR',
    but: { knotd: 'silence' },
    reason: 'knotd drops what it cannot read',
  },
  {
    what: 'two questions',
    query: { ...A, counts: [2, 0, 0, 0], tail: octets(...wireName('mesos'), 0, 6, 0, 1) },
    verdict: 'FORMERR',
    but: { knotd: 'silence' },
    reason: 'knotd drops it; FORMERR is RFC 9619',
  },
  {
    what: 'counts that lie',
    query: { ...A, counts: [1, 65535, 65535, 65535] },
    verdict: 'FORMERR',
  },
  {
    what: 'an answer in a query',
    query: { ...A, counts: [1, 1, 0, 0], tail: record },
    verdict: 'NOERROR aa A',
    but: { nsd: 'FORMERR' },
    reason: 'nobody says it is wrong; nsd does',
  },
  {
    what: 'authority in a query',
    query: { ...A, counts: [1, 0, 1, 0], tail: record },
    verdict: 'NOERROR aa A',
    but: { nsd: 'FORMERR' },
    reason: 'nobody says it is wrong; nsd does',
  },
  {
    what: 'an additional record',
    query: { ...A, counts: [1, 0, 0, 1], tail: record },
    verdict: 'NOERROR aa A',
    but: { nsd: 'FORMERR' },
    reason: 'nobody says it is wrong; nsd does',
  },
  {
    what: 'octets behind the query',
    query: { ...A, tail: new Uint8Array(8) },
    verdict: 'NOERROR aa A',
    but: { knotd: 'FORMERR' },
    reason: 'what belongs to nothing is not read; knotd is strict',
  },
];

/** With EDNS: RFC 8906 section 8.2, then every option, size and fault of the OPT record. */
export const EXTENDED: readonly MatrixRow[] = [
  { what: '8.2.1: EDNS 0', query: { ...SOA, opt: {} }, verdict: 'NOERROR aa SOA opt' },
  { what: '8.2.2: EDNS 1', query: { ...SOA, opt: { version: 1 } }, verdict: 'BADVERS opt' },
  { what: '8.2.2: EDNS 255', query: { ...SOA, opt: { version: 255 } }, verdict: 'BADVERS opt' },
  {
    what: '8.2.2: EDNS 1, outside',
    query: { ...OUTSIDE, opt: { version: 1 } },
    verdict: 'BADVERS opt',
  },
  {
    what: '8.2.2: EDNS 1 by TCP',
    query: { ...SOA, opt: { version: 1 } },
    transport: 'tcp',
    verdict: 'BADVERS opt',
  },
  {
    what: '8.2.3: an unknown option',
    query: { ...SOA, opt: { options: [[100, 'abcd']] } },
    verdict: 'NOERROR aa SOA opt',
  },
  {
    what: '8.2.4: an unknown flag',
    query: { ...SOA, opt: { flags: 0x0040 } },
    verdict: 'NOERROR aa SOA opt',
  },
  {
    what: '8.2.4: all unknown flags',
    query: { ...SOA, opt: { flags: 0x7fff } },
    verdict: 'NOERROR aa SOA opt',
  },
  {
    what: '8.2.5: EDNS 1, an unknown flag',
    query: { ...SOA, opt: { version: 1, flags: 0x0040 } },
    verdict: 'BADVERS opt',
  },
  {
    what: '8.2.6: EDNS 1, an unknown option',
    query: { ...SOA, opt: { version: 1, options: [[100, '']] } },
    verdict: 'BADVERS opt',
  },
  {
    what: '8.2.7: a truncated response',
    query: { ...MANY, opt: { udpPayload: 512, flags: 0x8000 } },
    verdict: 'NOERROR aa tc A opt do',
    but: {
      knotd: 'NOERROR aa tc opt do',
      nsd: 'NOERROR aa tc opt do',
      named: 'NOERROR aa tc opt do',
    },
    reason: 'as many records as fit, never an empty answer',
  },
  {
    what: '8.2.8: DO',
    query: { ...SOA, opt: { flags: 0x8000 } },
    verdict: 'NOERROR aa SOA opt do',
  },
  {
    what: '8.2.8: DO, DNSKEY',
    query: { ...SOA, type: 48, opt: { flags: 0x8000 } },
    verdict: 'NOERROR aa no opt do',
  },
  {
    what: '8.2.9: EDNS 1, DO',
    query: { ...SOA, opt: { version: 1, flags: 0x8000 } },
    verdict: 'BADVERS opt do',
    but: { nsd: 'BADVERS opt' },
    reason: 'DO is copied (RFC 3225 section 3); nsd forgets it in errors',
  },
  {
    what: '8.2.10: many known options',
    query: {
      ...SOA,
      opt: { options: [[3, ''], [8, '00011800c00002'], [9, ''], COOKIE] },
    },
    verdict: 'NOERROR aa SOA opt cookie expire nsid',
    but: {
      knotd: 'BADCOOKIE opt cookie expire nsid',
      nsd: 'NOERROR aa SOA opt cookie nsid',
      named: 'NOERROR aa SOA opt cookie expire nsid subnet',
    },
    reason:
      'knotd wants its cookie first; nsd has no EXPIRE (RFC 7314); no answer depends on a subnet',
  },
  {
    what: 'EDNS 0 by TCP',
    query: { ...SOA, opt: {} },
    transport: 'tcp',
    verdict: 'NOERROR aa SOA opt',
  },
  { what: 'no such name', query: { ...NOWHERE, opt: {} }, verdict: 'NXDOMAIN aa no opt' },
  { what: 'an outside name', query: { ...OUTSIDE, opt: {} }, verdict: 'REFUSED opt' },
  {
    what: 'an unknown opcode',
    query: { ...SOA, flags: 0x7800, opt: {} },
    verdict: 'NOTIMP opt',
    but: { nsd: 'NOTIMP' },
    reason: 'nsd sends the header alone',
  },
  {
    what: 'size 0',
    query: { ...MANY, opt: { udpPayload: 0 } },
    verdict: 'NOERROR aa tc A opt',
    but: { knotd: 'NOERROR aa tc opt', nsd: 'NOERROR aa tc opt', named: 'NOERROR aa tc opt' },
    reason: 'as many records as fit, never an empty answer',
  },
  { what: 'size 511', query: { ...SOA, opt: { udpPayload: 511 } }, verdict: 'NOERROR aa SOA opt' },
  {
    what: 'size 4096',
    query: { ...MANY, opt: { udpPayload: 4096 } },
    verdict: 'NOERROR aa tc A opt',
    but: { knotd: 'NOERROR aa tc opt', nsd: 'NOERROR aa tc opt', named: 'NOERROR aa tc opt' },
    reason: 'as many records as fit, never an empty answer; 1232 at most',
  },
  {
    what: 'size 65535',
    query: { ...MANY, opt: { udpPayload: 65_535 } },
    verdict: 'NOERROR aa tc A opt',
    but: { knotd: 'NOERROR aa tc opt', nsd: 'NOERROR aa tc opt', named: 'NOERROR aa tc opt' },
    reason: 'as many records as fit, never an empty answer; 1232 at most',
  },
  {
    what: 'size 512 by TCP',
    query: { ...MANY, opt: { udpPayload: 512 } },
    transport: 'tcp',
    verdict: 'NOERROR aa A opt',
  },
  {
    what: 'an empty unknown option',
    query: { ...SOA, opt: { options: [[65_001, '']] } },
    verdict: 'NOERROR aa SOA opt',
  },
  {
    what: 'NSID',
    query: { ...SOA, opt: { options: [[3, '']] } },
    verdict: 'NOERROR aa SOA opt nsid',
  },
  {
    what: 'client subnet',
    query: { ...SOA, opt: { options: [[8, '00011800c00002']] } },
    verdict: 'NOERROR aa SOA opt',
    but: { named: 'NOERROR aa SOA opt subnet' },
    reason: 'no answer depends on a subnet (RFC 7871 section 7.2.1)',
  },
  {
    what: 'client subnet of no family',
    query: { ...SOA, opt: { options: [[8, '00091800c00002']] } },
    verdict: 'NOERROR aa SOA opt',
    but: { named: 'FORMERR opt' },
    reason: 'an option that is not supported is not looked into',
  },
  {
    what: 'EXPIRE',
    query: { ...SOA, opt: { options: [[9, '']] } },
    verdict: 'NOERROR aa SOA opt expire',
    but: { nsd: 'NOERROR aa SOA opt' },
    reason: 'RFC 7314; nsd does not support it',
  },
  {
    what: 'keepalive by UDP',
    query: { ...SOA, opt: { options: [[11, '']] } },
    verdict: 'NOERROR aa SOA opt',
  },
  {
    what: 'keepalive by TCP',
    query: { ...SOA, opt: { options: [[11, '']] } },
    transport: 'tcp',
    verdict: 'NOERROR aa SOA opt keepalive',
    but: { knotd: 'NOERROR aa SOA opt', nsd: 'NOERROR aa SOA opt' },
    reason: 'RFC 7828 section 3.3.2; the others do not support it',
  },
  {
    what: 'padding',
    query: { ...SOA, opt: { options: [[12, '0000']] } },
    verdict: 'NOERROR aa SOA opt',
  },
  {
    what: 'a client cookie',
    query: { ...SOA, opt: { options: [COOKIE] } },
    verdict: 'NOERROR aa SOA opt cookie',
    but: { knotd: 'BADCOOKIE opt cookie' },
    reason:
      'knotd wants its cookie first, as under attack; RFC 7873 section 5.2.3 leaves the choice',
  },
  {
    what: 'a client cookie by TCP',
    query: { ...SOA, opt: { options: [COOKIE] } },
    transport: 'tcp',
    verdict: 'NOERROR aa SOA opt cookie',
  },
  {
    what: 'a forged server cookie',
    query: { ...SOA, opt: { options: [[10, `${CLIENT_COOKIE}01000000${'0a'.repeat(12)}`]] } },
    verdict: 'NOERROR aa SOA opt cookie',
    but: { knotd: 'BADCOOKIE opt cookie' },
    reason: 'knotd wants its cookie first; RFC 7873 section 5.2.4 leaves the choice',
  },
  {
    what: 'a cookie, outside',
    query: { ...OUTSIDE, opt: { options: [COOKIE] } },
    verdict: 'REFUSED opt cookie',
    but: { knotd: 'BADCOOKIE opt cookie' },
    reason: 'knotd wants its cookie first',
  },
  {
    what: 'a cookie of 7 octets',
    query: { ...SOA, opt: { options: [[10, '00'.repeat(7)]] } },
    verdict: 'FORMERR opt',
    but: { nsd: 'FORMERR' },
    reason: 'RFC 6891 section 7 wants an OPT record; nsd sends the header alone',
  },
  {
    what: 'a cookie of 15 octets',
    query: { ...SOA, opt: { options: [[10, '00'.repeat(15)]] } },
    verdict: 'FORMERR opt',
    but: { nsd: 'FORMERR' },
    reason: 'RFC 6891 section 7 wants an OPT record; nsd sends the header alone',
  },
  {
    what: 'a cookie of 41 octets',
    query: { ...SOA, opt: { options: [[10, '00'.repeat(41)]] } },
    verdict: 'FORMERR opt',
    but: { nsd: 'FORMERR' },
    reason: 'RFC 6891 section 7 wants an OPT record; nsd sends the header alone',
  },
  {
    what: 'two cookies',
    query: { ...SOA, opt: { options: [COOKIE, COOKIE] } },
    verdict: 'NOERROR aa SOA opt cookie',
    but: { knotd: 'BADCOOKIE opt cookie', nsd: 'NOERROR unreadable' },
    reason: 'the last one counts; nsd sends a record longer than the message',
  },
  {
    what: 'a cookie without a question',
    query: { name: null, opt: { options: [COOKIE] } },
    verdict: 'NOERROR opt cookie',
    but: { knotd: 'FORMERR opt' },
    reason: 'RFC 7873 section 5.4; knotd wants a question',
  },
  {
    what: 'an OPT record alone',
    query: { name: null, opt: {} },
    verdict: 'FORMERR',
    but: { knotd: 'FORMERR opt', nsd: 'NOERROR opt', named: 'FORMERR opt' },
    reason: 'nothing is read where there is no question',
  },
  {
    what: 'an option that overruns its record',
    query: {
      ...SOA,
      counts: [1, 0, 0, 1],
      tail: octets(0, 0, 41, 4, 0, 0, 0, 0, 0, 0, 4, 0, 3, 0, 9),
    },
    verdict: 'FORMERR opt',
    but: { knotd: 'FORMERR', nsd: 'FORMERR', named: 'FORMERR' },
    reason: 'RFC 6891 section 7 wants an OPT record in the response',
  },
  {
    what: 'an OPT record cut short',
    query: { ...SOA, counts: [1, 0, 0, 1], tail: octets(0, 0, 41, 4) },
    verdict: 'FORMERR',
  },
  {
    what: 'two OPT records',
    query: { ...SOA, counts: [1, 0, 0, 2], opt: {}, tail: octets(...rawOpt({})) },
    verdict: 'FORMERR',
  },
  {
    what: 'an OPT record in the answer section',
    query: { ...SOA, counts: [1, 1, 0, 0], opt: {} },
    verdict: 'FORMERR',
  },
  {
    what: 'an OPT record with an owner',
    query: { ...SOA, counts: [1, 0, 0, 1], tail: octets(1, 0x78, ...rawOpt({})) },
    verdict: 'FORMERR',
    but: { knotd: 'NOERROR aa SOA opt' },
    reason: 'RFC 6891 section 6.1.2: the owner must be the root',
  },
  {
    what: 'version.bind',
    query: { name: 'version.bind', type: 16, class: 3, opt: {} },
    verdict: 'NOERROR aa TXT opt',
    but: { knotd: 'NOERROR TXT opt', nsd: 'NOERROR TXT opt' },
    reason: 'the name is ours to answer for, as with named',
  },
];
