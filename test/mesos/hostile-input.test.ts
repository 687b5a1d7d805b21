import { describe, expect, test } from 'vitest';
import { decodeEvent } from '../../src/mesos/decode-event.ts';
import { EventDecoder, StateError } from '../../src/mesos/index.ts';
import { type Random, seededRandom } from '../../src/runtime/index.ts';
import { readRecording, readRecords } from '../fakes/mesos-recordings.ts';
import { WatchedStore } from '../fakes/watched-store.ts';

const LEADER = {
  address: { host: '127.0.0.1', port: 1 },
  id: undefined,
  electedSeconds: undefined,
};
const ODD = [
  null,
  7,
  -1.5,
  1e300,
  '',
  'x',
  '\u0000\ud800',
  true,
  [],
  {},
  [[]],
  { value: 7 },
  [null],
];
const SEEDS = Array.from({ length: 150 }, (_, seed) => seed);

/** Puts odd values in place of about one in `rarity`. */
function spoil(json: unknown, random: Random, rarity: number): unknown {
  if (random.below(rarity) === 0) return ODD[random.below(ODD.length)];
  if (Array.isArray(json)) return json.map(entry => spoil(entry, random, rarity));
  if (typeof json !== 'object' || json === null) return json;
  const fields = Object.entries(json).map(([name, value]) => [name, spoil(value, random, rarity)]);
  return Object.fromEntries(fields.filter(() => random.below(rarity) > 0));
}

/** What becomes of a body: read, or refused as a whole; anything else that is thrown is a fault of ours. */
function outcome(body: Buffer): string {
  const watched = new WatchedStore();
  try {
    watched.store.replace(watched.reader.read(body, LEADER));
    return 'read';
  } catch (error) {
    if (error instanceof StateError) return error.rejection;
    throw error;
  }
}

describe('law: whatever a body holds, it is read or refused', () => {
  const state = readRecording('state/state-agent2-back.json');
  const v1 = readRecording('state/v1-GET_STATE-agent3-unreachable.json');

  test('odd values where others belong', () => {
    const outcomes = SEEDS.flatMap(seed =>
      [state, v1].map(body => {
        const spoilt = spoil(JSON.parse(body.toString()), seededRandom(seed), 20 + seed * 5);
        return outcome(Buffer.from(JSON.stringify(spoilt)));
      }),
    );
    expect(outcomes).toContain('read');
    expect(new Set(outcomes).size).toBeGreaterThan(2);
  });

  test('octets changed', () => {
    const outcomes = SEEDS.map(seed => {
      const random = seededRandom(seed);
      const spoilt = Buffer.from(state);
      for (let change = 0; change < 3; change++)
        spoilt[random.below(spoilt.length)] = random.below(256);
      return outcome(spoilt);
    });
    expect(outcomes).toContain('read');
    expect(outcomes).toContain('json');
  });

  test('cut anywhere, it is refused as truncated', () => {
    const whole = state.toString().trimEnd();
    for (const seed of SEEDS) {
      const end = seededRandom(seed).below(whole.length);
      expect(outcome(Buffer.from(whole.slice(0, end))), `${end} octets`).toBe('truncated');
    }
  });

  test('nested as deep as can be', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const body = state.toString().replace('"name":"job-a"', `"name":${deep}`);
    expect(body).toContain(deep);
    expect(outcome(Buffer.from(body))).toBe('read');
  });
});

test('law: whatever an event holds, it changes the state or is reported', () => {
  const events = [
    ...readRecords(readRecording('streams/02-tasks.recordio')),
    ...readRecords(readRecording('streams/03-agents.recordio')),
    ...readRecords(readRecording('streams/06-frameworks.recordio')),
  ].filter(({ type }) => type !== 'SUBSCRIBED');
  const watched = new WatchedStore();
  watched.read(readRecording('state/state-agent2-back.json'));
  let reports = 0;
  for (const seed of SEEDS) {
    const random = seededRandom(seed);
    const spoilt = spoil(events[random.below(events.length)], random, 8);
    const event = decodeEvent(spoilt, () => reports++);
    if (event && event.kind !== 'subscribed') watched.store.apply([event]);
  }
  expect(reports).toBeGreaterThan(10);
});

test('law: whatever a stream holds, it is followed or given up', () => {
  const stream = readRecording('streams/02-tasks.recordio');
  const outcomes = new Set(
    SEEDS.map(seed => {
      const random = seededRandom(seed);
      const spoilt = Buffer.from(stream);
      for (let change = 0; change < 3; change++)
        spoilt[random.below(spoilt.length)] = random.below(256);
      const watched = new WatchedStore();
      const decoder = new EventDecoder(watched.reader, LEADER);
      try {
        watched.store.apply(decoder.write(spoilt));
        decoder.finish();
        return 'followed';
      } catch (error) {
        if (error instanceof StateError) return error.rejection;
        throw error;
      }
    }),
  );
  expect(outcomes).toContain('followed');
});
