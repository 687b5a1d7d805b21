import { describe, expect, test } from 'vitest';
import { FORWARD_COUNTERS } from '../../src/forward/counters.ts';
import { DEADLINE_MS, type Outcome, Race } from '../../src/forward/race.ts';
import { Upstream } from '../../src/forward/upstream.ts';
import { makeCounters, quietLog, seededRandom } from '../../src/runtime/index.ts';
import { FakeChannel } from '../fakes/channel.ts';
import { at } from '../fakes/forwarding.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';

const SERVFAIL = 2;
const REFUSED = 5;
const QUESTION = {
  octets: Uint8Array.of(1, 0x61, 0, 0, 1, 0, 1),
  flags: 1,
  options: new Uint8Array(0),
};

/** Some upstreams, their channels, and races between them on a clock of the test's. */
function track(howMany: number) {
  const clock = new SimulatedClock();
  const counters = makeCounters(FORWARD_COUNTERS);
  // This seed explores no other upstream within the first few dozens of races.
  const world = { clock, random: seededRandom(7), log: quietLog(), counters };
  const lanes = Array.from({ length: howMany }, (_, index) => {
    const first = new FakeChannel();
    const stream = new FakeChannel();
    const manner = { timeoutMs: 1_500, inRandomCase: false };
    const upstream = new Upstream(at(index + 1), { first, stream }, manner, world);
    return { first, stream, upstream };
  });
  const start = () => {
    const outcomes: (Outcome & { readonly atMs: number })[] = [];
    new Race(
      lanes.map(({ upstream }) => upstream),
      QUESTION,
      world,
      outcome => outcomes.push({ ...outcome, atMs: clock.monotonic() }),
    );
    return outcomes;
  };
  return { clock, lanes, start, asked: () => lanes.map(({ first }) => first.asked.length) };
}

const rcodeOf = (outcome: Outcome) =>
  outcome.kind === 'response' ? outcome.message.rcode : undefined;

describe('a race', () => {
  test('ends with the first good response, once', async () => {
    const { clock, lanes, start } = track(2);
    const outcomes = start();
    await clock.advance(400);
    lanes[1].first.asked[0].answer();
    lanes[0].first.asked[0].answer();
    expect(outcomes.map(rcodeOf)).toEqual([0]);
  });

  test.each([SERVFAIL, REFUSED])('goes on to the next upstream after response code %d', rcode => {
    const { lanes, start, asked } = track(2);
    const outcomes = start();
    lanes[0].first.asked[0].answer(rcode);
    expect(asked()).toEqual([1, 1]);
    lanes[1].first.asked[0].answer();
    expect(outcomes.map(rcodeOf)).toEqual([0]);
  });

  test('ends with the unhelpful response when no upstream has a better one', () => {
    const { lanes, start, asked } = track(2);
    const outcomes = start();
    lanes[0].first.asked[0].answer(SERVFAIL);
    lanes[1].first.asked[0].answer(SERVFAIL);
    expect(outcomes.map(rcodeOf)).toEqual([SERVFAIL]);
    expect(asked()).toEqual([1, 1]);
  });

  test('goes on at once when an upstream is out of reach', () => {
    const { lanes, start, asked } = track(2);
    start();
    lanes[0].first.asked[0].fail();
    expect(asked()).toEqual([1, 1]);
  });

  test('asks the second upstream beside a silent first one', async () => {
    const { clock, start, asked } = track(2);
    start();
    await clock.advance(399);
    expect(asked()).toEqual([1, 0]);
    await clock.advance(1);
    expect(asked()).toEqual([1, 1]);
  });

  test('hedges sooner where responses usually come soon', async () => {
    const { clock, lanes, start, asked } = track(2);
    for (let round = 0; round < 5; round++) {
      start();
      await clock.advance(10);
      lanes[0].first.asked[round].answer();
    }
    start();
    await clock.advance(50);
    expect(asked()).toEqual([6, 1]);
  });

  test('prefers who answers faster', async () => {
    const { clock, lanes, start, asked } = track(2);
    start();
    await clock.advance(400);
    lanes[1].first.asked[0].answer();
    start();
    expect(asked()).toEqual([1, 2]);
  });

  test.each([1, 2, 3, 8])('of %d silent upstreams ends with EDE 22 in time', async howMany => {
    const { clock, start, asked } = track(howMany);
    const outcomes = start();
    await clock.advance(DEADLINE_MS);
    expect(outcomes).toMatchObject([{ kind: 'failure', extendedError: 22 }]);
    expect(outcomes[0].atMs).toBeLessThanOrEqual(DEADLINE_MS);
    expect(asked().reduce((sum, one) => sum + one)).toBeLessThanOrEqual(4);
  });

  test('against upstreams out of reach ends at once with EDE 23', () => {
    const { lanes, start } = track(1);
    const outcomes = start();
    for (let index = 0; index < lanes[0].first.asked.length; index++) {
      lanes[0].first.asked[index].fail();
    }
    expect(outcomes).toMatchObject([{ kind: 'failure', extendedError: 23 }]);
  });

  test('goes by TCP when a response was truncated', () => {
    const { lanes, start } = track(1);
    const outcomes = start();
    lanes[0].first.asked[0].answer(0, true);
    expect(outcomes).toEqual([]);
    lanes[0].stream.asked[0].answer();
    expect(outcomes.map(rcodeOf)).toEqual([0]);
  });

  test('takes the truncated response when TCP fails', () => {
    const { lanes, start } = track(1);
    const outcomes = start();
    lanes[0].first.asked[0].answer(0, true);
    lanes[0].stream.asked[0].fail();
    expect(outcomes.map(rcodeOf)).toEqual([0]);
  });

  test('asks without EDNS who does not understand it, and remembers', () => {
    const { lanes, start } = track(1);
    const outcomes = start();
    const { asked } = lanes[0].first;
    expect(asked[0].query.octets[11]).toBe(1);
    asked[0].answer(1);
    expect(asked[1].query.octets[11]).toBe(0);
    asked[1].answer();
    expect(outcomes.map(rcodeOf)).toEqual([0]);
    start();
    expect(asked[2].query.octets[11]).toBe(0);
  });

  test('keeps EDNS when the question itself was at fault', () => {
    const { lanes, start } = track(1);
    start();
    const { asked } = lanes[0].first;
    asked[0].answer(1);
    asked[1].answer(1);
    start();
    expect(asked.at(-1)?.query.octets[11]).toBe(1);
  });
});

describe('a dead upstream', () => {
  test('is left out after two failures, and is back after a sign of life', async () => {
    const { clock, lanes, start, asked } = track(2);
    lanes[0].upstream.health.failed();
    lanes[0].upstream.health.failed();
    expect(lanes[0].upstream.status()).toMatchObject({ isHealthy: false, failures: 2 });
    start();
    expect(asked()).toEqual([0, 1]);
    lanes[1].first.asked[0].answer();
    await clock.advance(1_000);
    const probe = lanes[0].first.asked[0];
    expect([...probe.query.octets.subarray(12, 17)]).toEqual([0, 0, 2, 0, 1]);
    probe.answer(REFUSED);
    expect(lanes[0].upstream.status()).toMatchObject({ isHealthy: true, failures: 0 });
  });

  test('that loses every race by its silence dies of it', async () => {
    const { clock, lanes, start } = track(2);
    for (let round = 0; round < 2; round++) {
      start();
      await clock.advance(400);
      lanes[1].first.asked.at(-1)?.answer();
      lanes[1].upstream.health.isSilentFor(1_000);
    }
    await clock.advance(1_500);
    expect(lanes[0].upstream.status().isHealthy).toBe(false);
  });

  test('is probed more and more seldom', async () => {
    const { clock, lanes } = track(1);
    const { health } = lanes[0].upstream;
    health.failed();
    health.failed();
    const perMinute = async () => {
      const before = lanes[0].first.asked.length;
      await clock.advance(60_000);
      return lanes[0].first.asked.length - before;
    };
    expect(await perMinute()).toBeGreaterThan(3);
    expect(await perMinute()).toBeLessThanOrEqual(4);
    health.close();
    await clock.advance(1_500);
    expect(await perMinute()).toBe(0);
  });

  test('gets one more chance by a real question when all are dead', async () => {
    const { clock, lanes, start, asked } = track(3);
    for (const { upstream } of lanes) {
      upstream.health.failed();
      upstream.health.failed();
      upstream.health.close();
    }
    const outcomes = start();
    await clock.advance(2_000);
    expect(outcomes).toMatchObject([{ kind: 'failure' }]);
    expect(asked()).toEqual([1, 1, 0]);
  });
});
