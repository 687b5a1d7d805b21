import { type Answer, decode, encode } from 'dns-packet';
import { describe, expect, test } from 'vitest';
import { readUpstreamMessage } from '../../src/forward/message-reader.ts';
import { scrub } from '../../src/forward/scrub.ts';

const ttl = 60;
const asked = 'www.example.com';
const address = (name: string, data = '192.0.2.1'): Answer => ({ type: 'A', name, ttl, data });
const alias = (name: string, data: string): Answer => ({ type: 'CNAME', name, ttl, data });
const soa = (name: string): Answer => ({
  type: 'SOA',
  name,
  ttl,
  data: { mname: 'ns.example.com', rname: 'h.example.com', serial: 1, minimum: 30 },
});
const service = (name: string, target: string): Answer => ({
  type: 'SRV',
  name,
  ttl,
  data: { port: 80, target },
});

const isOwn = (name: string) => name.endsWith('\x05mesos\0');

interface Sections {
  readonly answers?: readonly Answer[];
  readonly authorities?: readonly Answer[];
  readonly additionals?: readonly Answer[];
}

function scrubbed({ answers = [], authorities = [], additionals = [] }: Sections) {
  const octets = encode({
    type: 'response',
    questions: [{ type: 'A', name: asked }],
    answers: [...answers],
    authorities: [...authorities],
    additionals: [...additionals],
  });
  const message = scrub(readUpstreamMessage(octets)!, isOwn)!;
  const read = decode(Buffer.from(message.octets));
  const names = (list: readonly Answer[] = []) => list.map(({ name, type }) => `${name} ${type}`);
  return {
    answers: names(read.answers),
    authorities: names(read.authorities),
    additionals: names(read.additionals),
    read,
    isAsItCame: Buffer.from(octets.subarray(12)).indexOf(message.octets.subarray(12)) === 0,
  };
}

describe('what belongs to the question', () => {
  test.each<Sections & { readonly why: string }>([
    { why: 'the asked name', answers: [address(asked)] },
    {
      why: 'a chain of aliases',
      answers: [alias(asked, 'a.test'), alias('a.test', 'b.test'), address('b.test')],
    },
    { why: 'a chain out of order', answers: [address('a.test'), alias(asked, 'a.test')] },
    { why: 'the SOA of a zone above', authorities: [soa('example.com')] },
    {
      why: 'the SOA of the zone that the chain ends in',
      answers: [alias(asked, 'a.test')],
      authorities: [soa('test')],
    },
    {
      why: 'addresses of hosts that the answer names',
      answers: [service(asked, 'host.test')],
      additionals: [address('host.test')],
    },
  ])('keeps $why', sections => {
    const { read, isAsItCame } = scrubbed(sections);
    expect(isAsItCame).toBe(true);
    expect(read.answers).toHaveLength(sections.answers?.length ?? 0);
    expect(read.authorities).toHaveLength(sections.authorities?.length ?? 0);
    expect(read.additionals).toHaveLength(sections.additionals?.length ?? 0);
  });

  test('strips other names from the answer', () => {
    const { answers } = scrubbed({ answers: [address('bank.test', '192.0.2.66'), address(asked)] });
    expect(answers).toEqual([`${asked} A`]);
  });

  test('strips what others say of our zone; the client asks us', () => {
    const ours = 'web.marathon.mesos';
    const toUs = [alias(asked, ours), address(ours, '192.0.2.66')];
    expect(scrubbed({ answers: toUs }).answers).toEqual([`${asked} CNAME`]);
    const named = { answers: [service(asked, ours)], additionals: [address(ours, '192.0.2.66')] };
    expect(scrubbed(named).additionals).toEqual([]);
  });

  test('strips zones that the name does not lie in', () => {
    const sections = { answers: [address(asked)], authorities: [soa('bank.test'), soa('com')] };
    expect(scrubbed(sections).authorities).toEqual(['com SOA']);
  });

  test('strips addresses that nobody named', () => {
    const sections = {
      answers: [service(asked, 'host.test')],
      additionals: [address('bank.test'), address('host.test')],
    };
    expect(scrubbed(sections).additionals).toEqual(['host.test A']);
  });

  test('strips OPT, which is the hop’s own', () => {
    const opt = { type: 'OPT', name: '.', udpPayloadSize: 4096, flags: 0, options: [] };
    const answers = [service(asked, 'host.test')];
    const additionals = [opt as never, address('host.test')];
    expect(scrubbed({ answers, additionals }).additionals).toEqual(['host.test A']);
  });

  test('a chain that bites its tail ends', () => {
    const { answers } = scrubbed({ answers: [alias(asked, 'a.test'), alias('a.test', asked)] });
    expect(answers).toEqual([`${asked} CNAME`, 'a.test CNAME']);
  });

  test('names are whole again when what they pointed at is stripped', () => {
    const octets = withPointerIntoStripped();
    const { octets: kept } = scrub(readUpstreamMessage(octets)!, isOwn)!;
    expect(decode(Buffer.from(kept)).answers).toMatchObject([
      { type: 'CNAME', name: 'a', data: 'x.bank' },
      { type: 'A', name: 'x.bank', data: '192.0.2.1' },
    ]);
  });
});

/** `bank A` comes first and goes; the others name `x.bank` by a pointer to it. */
function withPointerIntoStripped(): Uint8Array {
  const fixed = (type: number, length: number) => [0, type, 0, 1, 0, 0, 0, 60, 0, length];
  const header = [0, 1, 0x81, 0x80, 0, 1, 0, 3, 0, 0, 0, 0];
  const question = [1, 0x61, 0, 0, 1, 0, 1];
  const bankAt = header.length + question.length;
  const bank = [4, 0x62, 0x61, 0x6e, 0x6b, 0, ...fixed(1, 4), 192, 0, 2, 66];
  const alias = [0xc0, 12, ...fixed(5, 4), 1, 0x78, 0xc0, bankAt];
  const aliasTargetAt = bankAt + bank.length + 12;
  const last = [0xc0, aliasTargetAt, ...fixed(1, 4), 192, 0, 2, 1];
  return Uint8Array.from([...header, ...question, ...bank, ...alias, ...last]);
}
