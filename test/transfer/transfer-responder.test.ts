import { decode, type StringAnswer } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AddressRecord,
  knownName,
  type Octets,
  RCODE,
  type RRset,
  serial,
} from '../../src/dns/index.ts';
import {
  type SentTransfer,
  type TransferOutcome,
  type TsigKey,
  transferResponder,
  ZoneHistory,
} from '../../src/transfer/index.ts';
import type { ZoneDelta } from '../../src/zone/index.ts';
import {
  NOW_SECONDS,
  ORIGIN,
  type QuerySpec,
  transferQuery,
  transferZone,
} from './transfer-query.ts';

const KEY: TsigKey = {
  name: knownName('transfer.key'),
  algorithm: 'hmac-sha256',
  secret: Uint8Array.from({ length: 32 }, (_, index) => index),
};

/** What a zone of addresses is in these tests: owner to addresses. */
type Addresses = ReadonlyMap<string, ReadonlySet<string>>;

function rrset(owner: string, addresses: Iterable<string>): RRset {
  const name = knownName(owner);
  const records = [...addresses].map((address): AddressRecord => {
    return { type: 'A', owner: name, address };
  });
  return { owner: name, type: 'A', records };
}

const rrsetsOf = (zone: Addresses) =>
  [...zone].map(([owner, addresses]) => rrset(owner, addresses));

function deltaBetween(from: number, a: Addresses, to: number, b: Addresses): ZoneDelta {
  const differs = (one: Addresses, other: Addresses) =>
    rrsetsOf(new Map([...one].filter(([owner, set]) => !sameSet(set, other.get(owner)))));
  return { from: serial(from), to: serial(to), removed: differs(a, b), added: differs(b, a) };
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string> | undefined): boolean {
  return b !== undefined && a.size === b.size && [...a].every(value => b.has(value));
}

function respond(
  spec: QuerySpec,
  zones: readonly Addresses[],
  mayTransfer = true,
): { messages: Octets[]; outcomes: TransferOutcome[]; sent: SentTransfer[] } {
  const history = new ZoneHistory({ maxRecords: 10_000, maxAgeMs: 3_600_000 });
  zones.slice(1).forEach((zone, index) => {
    history.push(deltaBetween(index + 1, zones[index], index + 2, zone), 0);
  });
  const outcomes: TransferOutcome[] = [];
  const sent: SentTransfer[] = [];
  const respondTo = transferResponder({
    keys: [KEY],
    mayTransfer: (_client, key) => mayTransfer || key === KEY.name,
    zoneAt: origin =>
      origin === ORIGIN
        ? { current: () => transferZone(zones.length, rrsetsOf(zones.at(-1)!)), history }
        : undefined,
    nowSeconds: () => NOW_SECONDS,
    onOutcome: outcome => outcomes.push(outcome),
    onSent: transfer => sent.push(transfer),
  });
  return { messages: [...respondTo(transferQuery(spec))!], outcomes, sent };
}

/** An independent reader of RFC 1995: dns-packet reads the octets, this applies what they say. */
function applyTransfer(messages: readonly Octets[], before: Addresses): Map<string, Set<string>> {
  const answers = messages.flatMap(octets => decode(Buffer.from(octets)).answers as StringAnswer[]);
  const isSoa = (index: number) => answers[index]?.type === ('SOA' as never);
  const zone = new Map([...before].map(([owner, set]) => [owner, new Set(set)]));
  const isIncremental = isSoa(1) && answers.length > 2;
  if (!isIncremental) zone.clear();
  let isRemoving = false;
  for (let index = 1; index < answers.length - 1; index++) {
    if (isSoa(index)) {
      isRemoving = !isRemoving;
      continue;
    }
    const { name, data } = answers[index];
    const set = zone.get(`${name}.`) ?? new Set<string>();
    if (isRemoving) expect(set.delete(data)).toBe(true);
    else set.add(data);
    if (set.size > 0) zone.set(`${name}.`, set);
    else zone.delete(`${name}.`);
  }
  return zone;
}

const zones: fc.Arbitrary<Addresses> = fc
  .uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 20 })
  .chain(owners =>
    fc.tuple(
      ...owners.map(owner =>
        fc
          .uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 })
          .map(
            last => [`n${owner}.mesos.`, new Set(last.map(octet => `10.0.0.${octet}`))] as const,
          ),
      ),
    ),
  )
  .map(pairs => new Map(pairs));

describe('transfers', () => {
  test('of any zone give that zone', () => {
    fc.assert(
      fc.property(zones, zone => {
        const { messages, outcomes } = respond({ type: 'AXFR' }, [zone]);
        expect(applyTransfer(messages, new Map())).toEqual(zone);
        expect(outcomes).toEqual(['axfr']);
      }),
    );
  });

  test('from any zone, through any others, give the last one', () => {
    fc.assert(
      fc.property(fc.array(zones, { minLength: 2, maxLength: 5 }), steps => {
        const { messages, outcomes } = respond({ type: 'IXFR', known: 1 }, steps);
        expect(applyTransfer(messages, steps[0])).toEqual(steps.at(-1));
        expect(outcomes).toEqual(['ixfr']);
      }),
    );
  });

  const small: Addresses = new Map([['a.mesos.', new Set(['10.0.0.1'])]]);
  const other: Addresses = new Map([['a.mesos.', new Set(['10.0.0.2'])]]);
  const large: Addresses = new Map(
    Array.from({ length: 5000 }, (_, index) => [
      `service-${index}.marathon.mesos.`,
      new Set(['10.0.0.1', '10.0.0.2']),
    ]),
  );

  test('take several messages when the zone is large, the question in the first only', () => {
    const { messages } = respond({ type: 'AXFR' }, [large]);
    expect(messages.length).toBeGreaterThan(2);
    expect(applyTransfer(messages, new Map())).toEqual(large);
    expect(messages.map(octets => octets[5])).toEqual([1, ...messages.slice(1).map(() => 0)]);
    for (const octets of messages) expect(octets.length).toBeLessThanOrEqual(65_535);
  });

  test.each([
    {
      why: 'one start of authority to who is up to date',
      known: 2,
      outcome: 'up-to-date',
      records: 1,
    },
    { why: 'the same to who is ahead', known: 3, outcome: 'up-to-date', records: 1 },
    {
      why: 'the whole zone where the history is too short',
      known: -5,
      outcome: 'ixfr-as-axfr',
      records: 3,
    },
  ])('IXFR gives $why', ({ known, outcome, records }) => {
    const { messages, outcomes } = respond({ type: 'IXFR', known }, [small, other]);
    expect(outcomes).toEqual([outcome]);
    expect(decode(Buffer.from(messages[0])).answers).toHaveLength(records);
  });

  test.each([
    { why: 'fits, in one message', maxOctets: 1232, records: 6, outcome: 'ixfr' },
    {
      why: 'does not fit, by the start of authority alone',
      maxOctets: 150,
      records: 1,
      outcome: 'needs-tcp',
    },
    {
      why: 'would be the whole zone, by the start of authority alone',
      known: -5,
      maxOctets: 1232,
      records: 1,
      outcome: 'needs-tcp',
    },
  ])('IXFR over UDP is answered, where it $why', ({ known = 1, maxOctets, records, outcome }) => {
    const spec = { type: 'IXFR', known, transport: 'udp', maxOctets } as const;
    const { messages, outcomes, sent } = respond(spec, [small, other]);
    expect(outcomes).toEqual([outcome]);
    expect(sent).toHaveLength(outcome === 'ixfr' ? 1 : 0);
    expect(messages).toHaveLength(1);
    expect(messages[0].length).toBeLessThanOrEqual(maxOctets);
    expect(decode(Buffer.from(messages[0])).answers).toHaveLength(records);
  });

  test('what was asked for and sent is told when it has been taken, and not before', () => {
    expect(respond({ type: 'IXFR', known: 1, key: KEY }, [small, other]).sent).toMatchObject([
      { outcome: 'ixfr', askedSerial: 1, sentSerial: 2, key: KEY.name },
    ]);
    expect(respond({ type: 'AXFR' }, [small]).sent).toMatchObject([
      { outcome: 'axfr', askedSerial: undefined, sentSerial: 1, key: undefined },
    ]);
    const sent: SentTransfer[] = [];
    const messages = transferResponder({
      keys: [],
      mayTransfer: () => true,
      zoneAt: () => ({
        current: () => transferZone(1, rrsetsOf(large)),
        history: new ZoneHistory({ maxRecords: 0, maxAgeMs: 0 }),
      }),
      nowSeconds: () => NOW_SECONDS,
      onOutcome: () => {},
      onSent: transfer => sent.push(transfer),
    })(transferQuery({ type: 'AXFR' }))!;
    for (const _message of messages) {
      expect(sent).toEqual([]);
      break;
    }
    expect(sent).toEqual([]);
  });

  const wrongSecret: TsigKey = { ...KEY, secret: new Uint8Array(32) };
  const unknownKey: TsigKey = { ...KEY, name: knownName('other.key') };

  test.each<{ why: string; spec: QuerySpec; rcode: number; outcome: TransferOutcome }>([
    { why: 'a stranger', spec: { type: 'AXFR' }, rcode: RCODE.REFUSED, outcome: 'refused' },
    {
      why: 'an unknown key',
      spec: { type: 'AXFR', key: unknownKey },
      rcode: RCODE.NOTAUTH,
      outcome: 'bad-signature',
    },
    {
      why: 'a wrong secret',
      spec: { type: 'AXFR', key: wrongSecret },
      rcode: RCODE.NOTAUTH,
      outcome: 'bad-signature',
    },
    {
      why: 'a clock far off',
      spec: { type: 'AXFR', key: KEY, signedAt: NOW_SECONDS - 301 },
      rcode: RCODE.NOTAUTH,
      outcome: 'bad-signature',
    },
    {
      why: 'another zone',
      spec: { type: 'AXFR', key: KEY, name: knownName('com') },
      rcode: RCODE.NOTAUTH,
      outcome: 'not-authoritative',
    },
    {
      why: 'AXFR over UDP',
      spec: { type: 'AXFR', key: KEY, transport: 'udp' },
      rcode: RCODE.REFUSED,
      outcome: 'refused',
    },
    {
      why: 'IXFR without a serial',
      spec: { type: 'IXFR', key: KEY },
      rcode: RCODE.FORMERR,
      outcome: 'malformed',
    },
  ])('$why is refused', ({ spec, rcode, outcome }) => {
    const { messages, outcomes } = respond(spec, [small, other], false);
    expect(messages).toHaveLength(1);
    expect(messages[0][3] & 0xf).toBe(rcode);
    expect(messages[0][7]).toBe(0);
    expect(outcomes).toEqual([outcome]);
  });

  test('the OPT record stands behind the answers of the first message', () => {
    const { messages } = respond({ type: 'AXFR', isEdns: true }, [large]);
    const additionals = messages.map(octets => decode(Buffer.from(octets)).additionals ?? []);
    expect(additionals.map(({ length }) => length)).toEqual([1, ...messages.slice(1).map(() => 0)]);
    expect(applyTransfer(messages, new Map())).toEqual(large);
  });

  test('the right key opens the zone, and every message is signed', () => {
    const { messages, outcomes } = respond({ type: 'AXFR', key: KEY }, [large], false);
    expect(outcomes).toEqual(['axfr']);
    for (const octets of messages) {
      const { additionals } = decode(Buffer.from(octets));
      expect(additionals?.at(-1)).toMatchObject({ name: 'transfer.key' });
    }
  });
});

test.each([
  { why: 'start', asked: 4, limits: {}, nowMs: 0 },
  { why: 'records', asked: 5, limits: { maxRecords: 1 }, nowMs: 0 },
  { why: 'age', asked: 5, limits: { maxAgeMs: 10 }, nowMs: 11 },
  { why: 'unknown', asked: 6, limits: {}, nowMs: 0, gap: 2 },
])('a serial that is gone: $why', ({ why, asked, limits, nowMs, gap = 1 }) => {
  const history = new ZoneHistory({ maxRecords: 10, maxAgeMs: 1000, ...limits });
  const added = [rrset('web.mesos', ['10.0.0.1'])];
  history.push({ from: serial(5), to: serial(5 + gap), removed: [], added }, 0);
  history.push({ from: serial(5 + gap), to: serial(6 + gap), removed: [], added }, nowMs);
  expect(history.since(serial(asked))).toBeUndefined();
  expect(history.whyGone(serial(asked), serial(6 + gap))).toBe(why);
});
