import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Client,
  formatError,
  type Query,
  QueryView,
  readQuery,
  SCAN,
  scanQuery,
} from '../../src/dns/index.ts';
import { hostileQuery } from '../fakes/hostile-query.ts';

const UDP: Client = { address: '10.0.0.1', port: 5353, transport: 'udp' };
const TCP: Client = { ...UDP, transport: 'tcp' };

const header = (flags: number, ...counts: readonly number[]) => [
  0,
  7,
  flags >> 8,
  flags & 255,
  ...counts.flatMap(count => [count >> 8, count & 255]),
];
const WEB = [3, 0x57, 0x65, 0x62, 0];
const A_IN = [0, 1, 0, 1];
const opt = (version: number, size: number, options: readonly number[] = []) => [
  0,
  0,
  41,
  size >> 8,
  size & 255,
  0,
  version,
  0x80,
  0,
  options.length >> 8,
  options.length & 255,
  ...options,
];
const record = (type: number, rdata: readonly number[] = []) => [
  0xc0,
  12,
  0,
  type,
  0,
  1,
  0,
  0,
  0,
  0,
  0,
  rdata.length,
  ...rdata,
];

const scan = (octets: readonly number[]) => {
  const view = new QueryView();
  // Neighbours in a batch must not matter.
  const batch = Uint8Array.from([9, 9, ...octets, 9, 9]);
  return { view, found: scanQuery(view, batch, 2, 2 + octets.length) };
};
const read = (octets: readonly number[], client = UDP) =>
  readQuery(Uint8Array.from(octets), client, client === TCP ? 65_535 : 1232);

describe.each([
  { why: 'nothing', octets: [], kind: 'ignore', scanned: SCAN.SILENCE },
  { why: 'half a header', octets: [0, 7, 1, 0, 0, 1], kind: 'ignore', scanned: SCAN.SILENCE },
  {
    why: 'a response',
    octets: [...header(0x8100, 1, 0, 0, 0), ...WEB, ...A_IN],
    kind: 'ignore',
    scanned: SCAN.SILENCE,
  },
  { why: 'a header alone', octets: header(0x100, 0, 0, 0, 0), kind: 'malformed' },
  { why: 'a question that is missing', octets: header(0x100, 1, 0, 0, 0), kind: 'malformed' },
  {
    why: 'two questions',
    octets: [...header(0x100, 2, 0, 0, 0), ...WEB, ...A_IN, ...WEB, ...A_IN],
    kind: 'malformed',
  },
  {
    why: 'a pointer in the question',
    octets: [...header(0x100, 1, 0, 0, 0), 1, 0x57, 0xc0, 12, ...A_IN],
    kind: 'malformed',
  },
  {
    why: 'a label of a reserved kind',
    octets: [...header(0x100, 1, 0, 0, 0), 0x41, 1, 0, ...A_IN],
    kind: 'malformed',
  },
  {
    why: 'a label that runs past the end',
    octets: [...header(0x100, 1, 0, 0, 0), 60, ...WEB, ...A_IN],
    kind: 'malformed',
  },
  {
    why: 'a question without its class',
    octets: [...header(0x100, 1, 0, 0, 0), ...WEB, 0, 1, 0],
    kind: 'malformed',
  },
  {
    why: 'a name of 256 octets',
    octets: [
      ...header(0x100, 1, 0, 0, 0),
      ...Array.from({ length: 127 }, () => [1, 0x61]).flat(),
      0,
      ...A_IN,
    ].toSpliced(12, 0, 0x01, 0x61),
    kind: 'malformed',
  },
  {
    why: 'counts that promise more than is there',
    octets: [...header(0x100, 1, 0, 37_888, 29_185), ...WEB, ...A_IN, ...opt(0, 1232)],
    kind: 'malformed',
  },
  {
    why: 'an OPT record cut short',
    octets: [
      ...header(0x100, 1, 0, 0, 1),
      ...WEB,
      ...A_IN,
      ...opt(0, 1232, [0, 3, 0, 0]).slice(0, -1),
    ],
    kind: 'malformed',
  },
  {
    why: 'two OPT records',
    octets: [...header(0x100, 1, 0, 0, 2), ...WEB, ...A_IN, ...opt(0, 1232), ...opt(0, 1232)],
    kind: 'malformed',
  },
  {
    why: 'an OPT record with a name',
    octets: [...header(0x100, 1, 0, 0, 1), ...WEB, ...A_IN, ...record(41)],
    kind: 'malformed',
  },
  {
    why: 'an OPT record in the answer section',
    octets: [...header(0x100, 1, 1, 0, 0), ...WEB, ...A_IN, ...opt(0, 1232)],
    kind: 'malformed',
  },
])('$why', ({ octets, kind, scanned = SCAN.UNUSUAL }) => {
  test(`is ${kind} to the slow path`, () => {
    expect(read(octets).kind).toBe(kind);
  });
  test(`is ${scanned} to the hot path`, () => {
    expect(scan(octets).found).toBe(scanned);
  });
});

test.each([
  { why: 'options that overrun', options: [0, 3, 0, 9, 1], kind: 'bad-options' },
  { why: 'half an option', options: [0, 3, 0], kind: 'bad-options' },
  { why: 'a cookie of 7 octets', options: [0, 10, 0, 7, 1, 2, 3, 4, 5, 6, 7], kind: 'bad-options' },
  { why: 'a cookie of 8 octets', options: [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8], kind: 'query' },
  { why: 'an unknown option', options: [0xfd, 0xe9, 0, 1, 1], kind: 'query' },
])('$why: $kind', ({ options, kind }) => {
  const octets = [...header(0x100, 1, 0, 0, 1), ...WEB, ...A_IN, ...opt(0, 1232, options)];
  expect(read(octets).kind).toBe(kind);
});

describe('a query', () => {
  const plain = [...header(0x110, 1, 0, 0, 0), ...WEB, ...A_IN];
  const queryOf = (octets: readonly number[], client = UDP) => {
    const result = read(octets, client);
    return (result as { readonly query: Query }).query;
  };

  test('is read whole', () => {
    expect(queryOf(plain)).toMatchObject({
      id: 7,
      opcode: 0,
      recursionDesired: true,
      checkingDisabled: true,
      question: { name: 'web.', type: 1, class: 1, end: plain.length },
      edns: undefined,
      maxOctets: 512,
    });
  });

  test('is read in place', () => {
    const { view, found } = scan([
      ...header(0, 1, 0, 0, 1),
      ...WEB,
      0,
      33,
      0,
      255,
      ...opt(1, 1400),
    ]);
    expect(found).toBe(SCAN.QUERY);
    expect(view).toMatchObject({
      nameLength: 5,
      questionEnd: 2 + 12 + 5 + 4,
      type: 33,
      class: 255,
      hasOpt: true,
      ednsVersion: 1,
      udpPayload: 1400,
      dnssecOk: true,
    });
    expect(view.optionsEnd).toBe(view.optionsAt);
  });

  test.each([
    { why: 'what the client offers', size: 1000, client: UDP, most: 1000 },
    { why: 'no less than 512', size: 10, client: UDP, most: 512 },
    { why: 'no more than we send', size: 4096, client: UDP, most: 1232 },
    { why: 'all that TCP carries', size: 512, client: TCP, most: 65_535 },
  ])('may be answered with $why', ({ size, client, most }) => {
    const octets = [...header(0x100, 1, 0, 0, 1), ...WEB, ...A_IN, ...opt(0, size)];
    expect(queryOf(octets, client)).toMatchObject({
      maxOctets: most,
      edns: { version: 0, udpPayload: size, dnssecOk: true },
    });
  });

  test('may carry other records: the SOA of an IXFR, a signature behind the OPT record', () => {
    const octets = [
      ...header(0x100, 1, 0, 1, 2),
      ...WEB,
      0,
      251,
      0,
      1,
      ...record(6, [1, 2, 3]),
      ...opt(0, 1232),
      ...record(250),
    ];
    expect(queryOf(octets)).toMatchObject({ question: { type: 251 }, edns: { udpPayload: 1232 } });
    expect(scan(octets).found).toBe(SCAN.UNUSUAL);
  });

  test('may be followed by octets that belong to nothing', () => {
    expect(queryOf([...plain, 1, 2, 3]).edns).toBeUndefined();
    expect(scan([...plain, 1, 2, 3]).found).toBe(SCAN.QUERY);
  });

  test('of another opcode is unusual', () => {
    const update = [...header(0x2800, 1, 0, 0, 0), ...WEB, 0, 6, 0, 1];
    expect(scan(update).found).toBe(SCAN.UNUSUAL);
    expect(queryOf(update).opcode).toBe(5);
  });
});

test.each([
  { why: 'FORMERR', opcode: 0x01, flags: 0x8101 },
  { why: 'NOTIMP to an opcode that is not ours to read', opcode: 0x29, flags: 0xa904 },
])('$why keeps id, opcode and RD, and nothing else', ({ opcode, flags }) => {
  const octets = Uint8Array.from(header((opcode << 8) | 0x72, 9, 9, 9, 9));
  expect([...formatError(octets)]).toEqual(header(flags, 0, 0, 0, 0));
});

test('any octets: both ways of reading agree on what is a query', () => {
  fc.assert(
    fc.property(hostileQuery, octets => {
      const view = new QueryView();
      const found = scanQuery(view, octets, 0, octets.length);
      const result = readQuery(octets, UDP, 1232);
      expect(found === SCAN.SILENCE).toBe(result.kind === 'ignore');
      if (found !== SCAN.QUERY || result.kind !== 'query') return;
      const { question, edns } = result.query;
      expect([view.type, view.class, view.questionEnd]).toEqual([
        question.type,
        question.class,
        question.end,
      ]);
      expect(view.hasOpt).toBe(edns !== undefined);
    }),
    { numRuns: 2000 },
  );
});
