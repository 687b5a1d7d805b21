import packet from 'dns-packet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessage, messageRecordText } from '../../src/dns/index.ts';

const QUESTION = { name: 'web.example', type: 'A' } as const;
const owner = { name: 'web.example', ttl: 60 } as const;
const SOA_DATA = {
  mname: 'ns.example',
  rname: 'root.example',
  serial: 1,
  refresh: 2,
  retry: 3,
  expire: 4,
  minimum: 5,
};

test.each<{ text: string; answer: packet.Answer }>([
  { text: 'A\t10.0.0.1', answer: { ...owner, type: 'A', data: '10.0.0.1' } },
  { text: 'AAAA\tfd00::1', answer: { ...owner, type: 'AAAA', data: 'fd00::1' } },
  { text: 'CNAME\tother.example.', answer: { ...owner, type: 'CNAME', data: 'other.example' } },
  { text: 'NS\tns.example.', answer: { ...owner, type: 'NS', data: 'ns.example' } },
  {
    text: 'MX\t10 mail.example.',
    answer: { ...owner, type: 'MX', data: { preference: 10, exchange: 'mail.example' } },
  },
  {
    text: 'SRV\t0 1 80 a.example.',
    answer: {
      ...owner,
      type: 'SRV',
      data: { priority: 0, weight: 1, port: 80, target: 'a.example' },
    },
  },
  {
    text: 'SOA\tns.example. root.example. 1 2 3 4 5',
    answer: { ...owner, type: 'SOA', data: SOA_DATA },
  },
  {
    text: 'TXT\t"a\\027[1m" "b\\"c"',
    answer: { ...owner, type: 'TXT', data: ['a\u001b[1m', 'b"c'] },
  },
  {
    text: 'DS\t\\# 6 000101016162',
    answer: {
      ...owner,
      type: 'DS',
      data: { keyTag: 1, algorithm: 1, digestType: 1, digest: Buffer.from('ab') },
    },
  },
])('shows $text', ({ text, answer }) => {
  const octets = packet.encode({ type: 'response', questions: [QUESTION], answers: [answer] });
  const [record] = decodeMessage(octets)?.answers ?? [];
  expect(messageRecordText(record)).toBe(`web.example.\t60\tIN\t${text}`);
});

test('tells flags, extended response code and size', () => {
  const opt = { type: 'OPT', name: '.', udpPayloadSize: 1400, extendedRcode: 1, flags: 0x8000 };
  const octets = packet.encode({
    type: 'response',
    id: 3,
    flags: 0x0580,
    questions: [QUESTION],
    additionals: [{ ...opt, ednsVersion: 0, flag_do: true, options: [] } as packet.OptAnswer],
  });
  expect(decodeMessage(octets)).toMatchObject({
    id: 3,
    rcode: 16,
    flags: ['qr', 'aa', 'rd', 'ra'],
    question: { name: 'web.example.', type: 1, class: 1 },
    additionals: [],
    edns: { udpPayload: 1400, dnssecOk: true },
  });
});

const question = [3, 0x77, 0x65, 0x62, 0, 0, 1, 0, 1];
const header = (answers: number) => [0, 7, 0x80, 0, 0, 1, 0, answers, 0, 0, 0, 0];
const cname = [0, 5, 0, 1, 0, 0, 0, 0, 0, 2];

test.each([
  { why: 'less than a header', octets: [0, 7] },
  { why: 'counts without octets', octets: [...header(200), ...question] },
  { why: 'a record cut short', octets: [...header(1), ...question, 0xc0, 12, ...cname, 0xc0] },
  { why: 'a pointer to itself', octets: [...header(1), ...question, 0xc0, 21, ...cname, 0xc0, 12] },
  { why: 'a forward pointer in rdata', octets: [...header(1), ...question, 0, ...cname, 0xc0, 60] },
])('refuses $why', ({ octets }) => {
  expect(decodeMessage(Uint8Array.from(octets))).toBeUndefined();
});

test('refuses a chain of pointers without following it far', () => {
  const octets = new Uint8Array(60_000);
  octets.set([...header(1), ...question]);
  // Each pointer leads to the one before it, three octets back; then a CNAME starts at the last.
  for (let at = 30; at < 16_000; at += 3) octets.set([0xc0 | ((at - 3) >> 8), (at - 3) & 255], at);
  octets.set([0, ...cname, 0xc0 | (15_999 >> 8), 15_999 & 255], 21);
  expect(decodeMessage(octets)).toBeUndefined();
});

test('any octets are decoded or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), octets => {
      if (octets.length > 12) octets.fill(0, 4, 12);
      if (octets.length > 12) octets.set([0, 1, 0, octets[12] & 3], 4);
      const message = decodeMessage(octets);
      expect(message === undefined || message.id === ((octets[0] << 8) | octets[1])).toBe(true);
    }),
  );
});
