import { type Answer, decode, encode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  copyResponse,
  hasPassedOptions,
  keepResponse,
  NO_OPTIONS,
  passedOptions,
  remainingTtl,
} from '../../src/forward/kept-response.ts';
import { DEFAULT_CAPS, lifetimeSeconds } from '../../src/forward/lifetime.ts';
import { readUpstreamMessage } from '../../src/forward/message-reader.ts';

const NAME = 'example.com';

interface Parts {
  readonly rcode?: number;
  readonly flags?: number;
  readonly type?: 'A' | 'CNAME';
  readonly answers?: readonly Answer[];
  readonly authorities?: readonly Answer[];
}

function message({ rcode = 0, flags = 0x8180, type = 'A', answers, authorities }: Parts) {
  const octets = encode({
    type: 'response',
    flags: flags | rcode,
    questions: [{ type, name: NAME }],
    answers: [...(answers ?? [])],
    authorities: [...(authorities ?? [])],
  });
  return readUpstreamMessage(new Uint8Array(octets))!;
}

const address = (ttl: number): Answer => ({ type: 'A', name: NAME, ttl, data: '192.0.2.1' });
const alias = (ttl: number): Answer => ({ type: 'CNAME', name: NAME, ttl, data: 'b.test' });
const soa = (ttl: number, minimum: number): Answer => ({
  type: 'SOA',
  name: NAME,
  ttl,
  data: { mname: 'ns', rname: 'h', serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
});

describe('an answer is kept', () => {
  test.each<{ why: string; parts: Parts; seconds: number }>([
    { why: 'as long as its TTL says', parts: { answers: [address(300)] }, seconds: 300 },
    { why: 'as long as the lowest TTL', parts: { answers: [alias(9), address(300)] }, seconds: 9 },
    { why: 'not at all with TTL 0', parts: { answers: [address(0)] }, seconds: 0 },
    { why: 'a day at the most', parts: { answers: [address(2 ** 31 - 1)] }, seconds: 86_400 },
    { why: 'not with a TTL past 2^31', parts: { answers: [address(2 ** 31)] }, seconds: 0 },
    {
      why: 'negative: by the SOA’s minimum (RFC 2308)',
      parts: { rcode: 3, authorities: [soa(600, 60)] },
      seconds: 60,
    },
    {
      why: 'negative: by the SOA’s own TTL when lower',
      parts: { rcode: 3, authorities: [soa(30, 600)] },
      seconds: 30,
    },
    {
      why: 'negative: an hour at the most',
      parts: { authorities: [soa(86_400, 86_400)] },
      seconds: 3_600,
    },
    { why: 'negative: not without an SOA', parts: { rcode: 3 }, seconds: 0 },
    {
      why: 'an alias into nothing is negative',
      parts: { answers: [alias(900)], authorities: [soa(900, 60)] },
      seconds: 60,
    },
    {
      why: 'an alias answers a question for aliases',
      parts: { type: 'CNAME', answers: [alias(900)] },
      seconds: 900,
    },
    { why: 'not when it failed', parts: { rcode: 2, answers: [address(300)] }, seconds: 0 },
    {
      why: 'not when it was truncated',
      parts: { flags: 0x8380, answers: [address(300)] },
      seconds: 0,
    },
  ])('$why', ({ parts, seconds }) => {
    expect(lifetimeSeconds(message(parts), DEFAULT_CAPS)).toBe(seconds);
  });
});

function copied(parts: Parts, ageSeconds: number, flags = 1, query = 0x0100) {
  const kept = keepResponse(message(parts), flags, NO_OPTIONS, 0);
  const asked = encode({ id: 77, flags: query, questions: [{ type: 'A', name: 'EXAMPLE.com' }] });
  const response = Buffer.alloc(kept.octets.length);
  copyResponse(kept, ageSeconds, asked, 0, response, 0);
  return decode(response);
}

describe('copyResponse', () => {
  test('gives the client its own id, question and flags', () => {
    const copy = copied({ flags: 0x8580, answers: [address(300)] }, 10, 1, 0x0110);
    expect(copy).toMatchObject({ id: 77, flag_aa: false, flag_rd: true, flag_ra: true });
    expect(copy).toMatchObject({ flag_cd: true, questions: [{ name: 'EXAMPLE.com' }] });
    expect(copied({ answers: [address(300)] }, 0, 0, 0).flag_rd).toBe(false);
  });

  test('shows AD to those who understand it (RFC 6840 section 5.8)', () => {
    const parts = { flags: 0x81a0, answers: [address(300)] };
    expect(copied(parts, 0).flag_ad).toBe(false);
    expect(copied(parts, 0, 1, 0x0120).flag_ad).toBe(true);
    expect(copied(parts, 0, 1 | 4).flag_ad).toBe(true);
  });

  test('an aged answer lives as much shorter, a stale one 30 seconds', () => {
    const parts = { answers: [address(300), address(400)] };
    const ttls = (age: number) =>
      copied(parts, age).answers?.map(answer => (answer as { ttl: number }).ttl);
    expect(ttls(0)).toEqual([300, 400]);
    expect(ttls(299)).toEqual([1, 101]);
    expect(ttls(300)).toEqual([30, 30]);
    expect(ttls(86_000)).toEqual([30, 30]);
  });

  test('a negative answer’s SOA lives as long as the answer', () => {
    const { authorities } = copied({ rcode: 3, authorities: [soa(900, 60)] }, 10);
    expect(authorities).toMatchObject([{ ttl: 50 }]);
  });

  test('an alias into nothing keeps its TTL when there is no SOA to say less', () => {
    expect(copied({ answers: [alias(900)] }, 0).answers).toMatchObject([{ ttl: 900 }]);
  });

  test('no TTL ever grows, falls below zero, or outlives its cap', () => {
    const seconds = fc.nat(2 ** 32 - 1);
    fc.assert(
      fc.property(
        fc.array(seconds, { minLength: 1, maxLength: 5 }),
        fc.nat(200_000),
        (all, age) => {
          const parts = { answers: all.map(address) };
          const kept = keepResponse(message(parts), 1, NO_OPTIONS, 0);
          const isFresh = age * 1000 < kept.lifetimeMs;
          copied(parts, age).answers?.forEach((answer, index) => {
            const { ttl } = answer as { ttl: number };
            const capped = Math.min(all[index] < 2 ** 31 ? all[index] : 0, 86_400);
            if (isFresh) expect(ttl).toBe(capped - age);
            else expect(ttl).toBe(age === 0 ? capped : 30);
          });
        },
      ),
    );
  });

  test('remainingTtl counts down to zero', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), (ttl, age) => {
        expect(remainingTtl(ttl, age)).toBe(Math.max(0, ttl - age));
      }),
    );
  });
});

describe('options', () => {
  const option = (code: number, ...data: readonly number[]) => [0, code, 0, data.length, ...data];
  test.each([
    { why: 'none', octets: [], passed: [], has: false },
    { why: 'a cookie is the hop’s own', octets: option(10, 1, 2), passed: [], has: false },
    {
      why: 'a client subnet passes through',
      octets: [...option(10, 1), ...option(8, 0, 1), ...option(12)],
      passed: option(8, 0, 1),
      has: true,
    },
    { why: 'a cut option', octets: [0, 8, 0, 9, 1], passed: [], has: true },
    { why: 'a cut head', octets: [0, 10, 0], passed: [], has: true },
  ])('$why', ({ octets, passed, has }) => {
    const all = Uint8Array.from([9, ...octets]);
    expect([...passedOptions(all, 1, all.length)]).toEqual(passed);
    expect(hasPassedOptions(all, 1, all.length)).toBe(has);
  });
});
