import { decode } from 'dns-packet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type DomainName,
  knownName,
  MessageWriter,
  messageRoom,
  type ResourceRecord,
  RR_TYPE,
} from '../../src/dns/index.ts';

const TTL = 60;

/** Few labels, so that names share their ends; one is escaped, one as long as they get. */
const label = fc.constantFrom('a', 'b', 'mesos', '_tcp', 'x\\.y', 'z\\000', 'l'.repeat(63));
const name = fc
  .array(label, { maxLength: 3 })
  .map(labels => knownName([...labels, 'mesos'].join('.')));
const address = fc.integer({ min: 0, max: 255 }).map(last => `10.0.${last}.${255 - last}`);

/** Two at most: a record that fits no message would never go on in the next one. */
const strings = fc.array(fc.constantFrom('', 'a=b', 'é', 'x'.repeat(200)), {
  minLength: 1,
  maxLength: 2,
});

const rrset: fc.Arbitrary<readonly ResourceRecord[]> = name.chain(owner =>
  fc.oneof(
    many(address.map((text): ResourceRecord => ({ type: 'A', owner, address: text }))),
    many(name.map((target): ResourceRecord => ({ type: 'NS', owner, target }))),
    many(
      name.map((target): ResourceRecord => {
        return { type: 'SRV', owner, priority: 1, weight: 2, port: 65_535, target };
      }),
    ),
    many(strings.map((texts): ResourceRecord => ({ type: 'TXT', owner, strings: texts }))),
  ),
);

function many(record: fc.Arbitrary<ResourceRecord>): fc.Arbitrary<ResourceRecord[]> {
  return fc.array(record, { minLength: 1, maxLength: 4 });
}

/** What a message says, by a codec that is not ours. */
function linesOf(message: Uint8Array): string[] {
  const answers = decode(Buffer.from(message)).answers ?? [];
  return answers.map(answer => JSON.stringify({ ...answer, class: 'IN', flush: undefined }));
}

/** Each record alone in a message, where nothing can be compressed but its own names. */
function linesAlone(records: readonly ResourceRecord[]): string[] {
  return records.flatMap(record => {
    const writer = new MessageWriter(1000);
    expect(writer.answers([record], 0, TTL)).toBe(1);
    return linesOf(writer.finish());
  });
}

test('compressed or not, in old room or new, a message says the same', () => {
  const room = messageRoom(65_535).fill(0xff);
  fc.assert(
    fc.property(fc.array(rrset, { maxLength: 30 }), rrsets => {
      const writer = new MessageWriter(65_535, room);
      for (const records of rrsets) expect(writer.answers(records, 0, TTL)).toBe(records.length);
      expect(linesOf(writer.finish())).toEqual(linesAlone(rrsets.flat()));
      expect(writer.written()).toEqual(writer.finish());
    }),
  );
});

test('what does not fit goes on in the next message, record by record', () => {
  fc.assert(
    fc.property(fc.array(rrset, { maxLength: 30 }), fc.integer({ min: 600, max: 900 }), cutInto),
  );
});

function cutInto(rrsets: readonly (readonly ResourceRecord[])[], maxOctets: number): void {
  const lines: string[] = [];
  let writer = new MessageWriter(maxOctets);
  const finish = () => {
    expect(writer.written().length).toBeLessThanOrEqual(maxOctets);
    lines.push(...linesOf(writer.finish()));
  };
  for (const records of rrsets) {
    for (let from = 0; from < records.length; ) {
      from = writer.answers(records, from, TTL);
      if (from === records.length) break;
      finish();
      writer = new MessageWriter(maxOctets);
    }
  }
  finish();
  expect(lines).toEqual(linesAlone(rrsets.flat()));
}

test('records of one owner point at it, and owners at their parents', () => {
  const writer = new MessageWriter(512);
  const a = (owner: DomainName, text: string): ResourceRecord => ({
    type: 'A',
    owner,
    address: text,
  });
  const [web, api] = ['web.marathon.mesos', 'api.marathon.mesos'].map(text => knownName(text));
  writer.answers([a(web, '10.0.0.1'), a(web, '10.0.0.2')], 0, TTL);
  writer.answers([a(api, '10.0.0.3')], 0, TTL);
  const fixed = 10 + 4;
  const octets = 12 + 'web.marathon.mesos.'.length + 1 + 2 + 'api.'.length + 2 + 3 * fixed;
  expect(writer.finish().length).toBe(octets);
});

test('a record that is at hand as octets is counted', () => {
  const writer = new MessageWriter(512);
  writer.append('additional', Uint8Array.of(0, 0, RR_TYPE.A, 0, 1, 0, 0, 0, 1, 0, 4, 10, 0, 0, 1));
  expect(decode(Buffer.from(writer.finish())).additionals).toMatchObject([{ data: '10.0.0.1' }]);
});
