import packet from 'dns-packet';
import { expect, test } from 'vitest';
import { leastTtl } from '../../src/dns/index.ts';

const a = (ttl: number) => ({ type: 'A', name: 'web.test', ttl, data: '10.0.0.1' }) as const;
const soa = (ttl: number) =>
  ({
    type: 'SOA',
    name: 'test',
    ttl,
    data: { mname: 'ns.test', rname: 'root.test', minimum: 5 },
  }) as const;
const opt = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: 1232,
  flags: 0,
  options: [],
} as unknown as packet.OptAnswer;
const questions = [{ type: 'A', name: 'web.test' }] as const;

const [NOERROR, SERVFAIL, NXDOMAIN] = [0, 2, 3];

test.each([
  { why: 'the least of the answers', rcode: NOERROR, answers: [a(60), a(7), a(3e9)], ttl: 7 },
  { why: 'a TTL of nothing', rcode: NOERROR, answers: [a(60), a(0)], ttl: 0 },
  { why: 'the answers, not what stands behind', answers: [a(60)], authorities: [soa(9)], ttl: 60 },
  { why: 'the SOA of NXDOMAIN', rcode: NXDOMAIN, authorities: [soa(9)], ttl: 9 },
  { why: 'the SOA of NODATA', rcode: NOERROR, authorities: [soa(10)], additionals: [opt], ttl: 10 },
  { why: 'nothing at all', rcode: NOERROR, additionals: [opt], ttl: 0 },
  { why: 'a failure', rcode: SERVFAIL, answers: [a(60)], ttl: 0 },
])('$why: $ttl', ({ rcode = 0, ttl, ...sections }) => {
  const octets = packet.encode({
    type: 'response',
    flags: rcode,
    questions: [...questions],
    ...sections,
  });
  expect(leastTtl(octets)).toBe(ttl);
  for (let end = 12; end < octets.length; end++) {
    expect(leastTtl(octets.subarray(0, end))).toBeLessThanOrEqual(3e9);
  }
});
