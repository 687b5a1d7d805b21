import type packet from 'dns-packet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ResourceRecord, recordValue } from '../../src/dns/index.ts';
import { a, aaaa, answeringZone, ask, srv } from '../fakes/answering-zone.ts';

const label = fc
  .array(fc.constantFrom(...'abcxyz0189-_!$*[~'.split('')), { minLength: 1, maxLength: 63 })
  .map(letters => letters.join(''));
const owner = fc
  .array(fc.oneof(fc.constantFrom('a', 'b', '_tcp'), label), { minLength: 1, maxLength: 3 })
  .map(labels => `${labels.join('.')}.mesos`);
const octet = fc.integer({ min: 0, max: 255 });
const group = fc.integer({ min: 1, max: 0xffff });

/** Equal values are one record: few owners, so that RRsets grow. */
const record: fc.Arbitrary<ResourceRecord> = fc.oneof(
  fc.tuple(owner, octet, octet).map(([name, b, c]) => a(name, `10.1.${b}.${c}`)),
  fc.tuple(owner, group).map(([name, last]) => aaaa(name, `fd00:1:2:3:4:5:6:${last.toString(16)}`)),
  fc
    .tuple(owner, fc.integer({ min: 0, max: 65_535 }), owner)
    .map(([name, port, target]) => srv(name, port, target)),
);

test('any records: what is answered decodes to them', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 60 }), records => {
      const zone = answeringZone(records);
      zone.client.isTcp = true;
      for (const [key, values] of byRrset(records)) {
        const [name, type] = key.split(' ');
        const response = ask(zone, name, type);
        expect(response?.flag_tc, key).toBe(false);
        expect(response?.answers?.map(answerValue).sort(), key).toEqual([...values].sort());
        for (const additional of response?.additionals ?? []) {
          const known = byRrset(records).get(`${additional.name}. ${additional.type}`);
          expect(known, key).toContain(answerValue(additional));
        }
      }
    }),
    { numRuns: 150 },
  );
});

function byRrset(records: readonly ResourceRecord[]): ReadonlyMap<string, ReadonlySet<string>> {
  const rrsets = new Map<string, Set<string>>();
  for (const one of records) {
    const key = `${one.owner} ${one.type}`;
    rrsets.set(key, (rrsets.get(key) ?? new Set()).add(recordValue(one)));
  }
  return rrsets;
}

/** The value of a record as dns-packet reads it, in the words of a master file. */
function answerValue(answer: packet.Answer): string {
  if (answer.type === 'A' || answer.type === 'AAAA') return answer.data;
  if (answer.type !== 'SRV') throw new Error(`Nobody put a ${answer.type} there`);
  const { priority, weight, port, target } = answer.data;
  return `${priority} ${weight} ${port} ${target}.`;
}
