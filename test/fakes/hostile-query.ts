import fc from 'fast-check';
import type { Octets } from '../../src/dns/index.ts';
import { queryOctets } from './answering-zone.ts';

const NAMES = [
  'Web.marathon.mesos',
  '_web._tcp.marathon.mesos',
  'mesos',
  'nope.mesos',
  'example.org',
];
const TYPES = ['A', 'AAAA', 'SRV', 'SOA', 'NS', 'ANY', 'TXT', 'AXFR'];
const anyOptions = fc.array(
  fc.record({
    code: fc.nat(20),
    data: fc.uint8Array({ maxLength: 40 }).map(octets => Buffer.from(octets)),
  }),
  { maxLength: 3 },
);

/** Queries that are nearly good: some octets changed, then cut or lengthened. */
const nearlyGood = fc
  .record({
    name: fc.constantFrom(...NAMES),
    type: fc.constantFrom(...TYPES),
    options: anyOptions,
    edns: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
    changes: fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }),
    cut: fc.nat(100),
    tail: fc.uint8Array({ maxLength: 20 }),
  })
  .map(({ name, type, options, edns, changes, cut, tail }): Octets => {
    const octets = queryOctets(name, type, { edns, options });
    for (const [at, octet] of changes) octets[at % octets.length] = octet;
    return Uint8Array.from([...octets.subarray(0, cut < 60 ? octets.length : cut), ...tail]);
  });

/** Messages as anybody may send them: queries, broken queries and noise. */
export const hostileQuery: fc.Arbitrary<Octets> = fc.oneof(
  { weight: 4, arbitrary: nearlyGood },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
);
