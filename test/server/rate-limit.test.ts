import { expect, test } from 'vitest';
import { type AnswerInto, clientView, network } from '../../src/dns/index.ts';
import { makeCounters } from '../../src/runtime/index.ts';
import { limitResponses, type RateLimit, SERVER_COUNTERS } from '../../src/server/index.ts';
import { askHotPath, showClient } from '../fakes/ask-hot-path.ts';
import { queryOctets } from '../fakes/dns-client.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { echoAnswer } from '../fakes/test-server.ts';

const NSD: RateLimit = { perSecond: 200, slip: 2, prefix4: 24, prefix6: 64, exempt: [] };

/** Says NXDOMAIN to names that begin with `n`, and one answer to the rest. */
const answerOrNot: AnswerInto = (query, start, end, response, at, limit) => {
  const octets = echoAnswer(query, start, end, response, at, limit);
  if (octets <= 0) return octets;
  if (query[start + 13] === 0x6e) response[at + 3] = 3;
  else response[at + 7] = 1;
  return octets;
};

function limited(change: Partial<RateLimit> = {}, inner = answerOrNot) {
  const client = clientView();
  const clock = new SimulatedClock();
  const counters = makeCounters(SERVER_COUNTERS);
  const limit = { ...NSD, ...change };
  const answerInto = limitResponses(inner, limit, { client, clock, seed: 5, counters });
  showClient(client, '192.0.2.1');
  /** How many of `count` equal queries were answered in full, truncated, or not at all. */
  const ask = (count: number, name: (at: number) => string = () => 'web.test') => {
    const outcome = { full: 0, truncated: 0, silent: 0, slow: 0 };
    for (let at = 0; at < count; at++) {
      const response = askHotPath(answerInto, queryOctets(at, name(at)));
      if (response === 'silent' || response === 'slow') outcome[response]++;
      else if ((Number.parseInt(response.slice(4, 6), 16) & 2) !== 0) outcome.truncated++;
      else outcome.full++;
    }
    return outcome;
  };
  return { client, clock, counters, answerInto, ask };
}

test('no limit costs nothing', () => {
  expect(limited({ perSecond: 0 }).answerInto).toBe(answerOrNot);
});

test('over 200 equal responses in a second every other one is truncated, the rest are dropped', () => {
  const { ask, counters } = limited();
  expect(ask(300)).toEqual({ full: 200, truncated: 50, silent: 50, slow: 0 });
  expect(counters.values[counters.slot.limited_slipped]).toBe(50);
  expect(counters.values[counters.slot.limited_dropped]).toBe(50);
});

test.each([
  { slip: 0, truncated: 0, silent: 100 },
  { slip: 1, truncated: 100, silent: 0 },
  { slip: 4, truncated: 25, silent: 75 },
])('with slip $slip, $truncated of 100 are truncated', ({ slip, truncated, silent }) => {
  expect(limited({ slip }).ask(300)).toEqual({ full: 200, truncated, silent, slow: 0 });
});

test('the next second is a new one, for those who asked in bounds', async () => {
  const { ask, clock } = limited();
  for (let second = 0; second < 5; second++) {
    expect(ask(200).full).toBe(200);
    await clock.advance(1000);
  }
});

test.each([
  { why: 'at three quarters of it', perSecond: 150 },
  { why: 'at the very limit', perSecond: 200 },
  { why: 'with one query each second', perSecond: 1 },
])('who stays in bounds is never limited: $why', async ({ perSecond }) => {
  const { ask, clock } = limited();
  for (let second = 0; second < 500; second++) {
    expect(ask(perSecond).full).toBe(perSecond);
    await clock.advance(1000);
  }
});

test('after a flood one query a second is answered again', async () => {
  const { ask, clock } = limited();
  ask(10_000);
  const answered: number[] = [];
  for (let second = 0; second < 10; second++) {
    await clock.advance(1000);
    answered.push(ask(1).full);
  }
  // 10,000 counts whole in the next second and is halved in each one after: below 400 in the sixth.
  expect(answered.indexOf(1)).toBe(5);
  expect(answered.slice(5)).toEqual([1, 1, 1, 1, 1]);
});

test('who goes on far over the limit stays limited until he slows down', async () => {
  const { ask, clock } = limited();
  ask(10_000);
  await clock.advance(1000);
  expect(ask(200).full).toBe(0);
  await clock.advance(10_000);
  expect(ask(200).full).toBe(200);
});

test.each([
  { other: '192.0.2.200', isSame: true },
  { other: '192.0.3.1', isSame: false },
])('$other shares the limit of 192.0.2.1: $isSame', ({ other, isSame }) => {
  const { ask, client } = limited();
  ask(200);
  showClient(client, other);
  expect(ask(1).full).toBe(isSame ? 0 : 1);
});

test.each([
  { other: '2001:db8::ffff', isSame: true },
  { other: '2001:db8:0:1::1', isSame: false },
])('$other shares the limit of 2001:db8::1: $isSame', ({ other, isSame }) => {
  const { ask, client } = limited();
  showClient(client, '2001:db8::1');
  ask(200);
  showClient(client, other);
  expect(ask(1).full).toBe(isSame ? 0 : 1);
});

test('positive responses are equal by name, in any case; NXDOMAIN is equal whatever the name', () => {
  const { ask } = limited();
  expect(ask(1000, at => `w${at}.test`).full).toBe(1000);
  expect(ask(201, at => (at % 2 ? 'WEB.test' : 'web.TEST')).full).toBe(200);
  expect(ask(1000, at => `n${at}.test`).full).toBe(200);
});

test('queries of the slow path are limited before they cost anything', () => {
  expect(limited().ask(300, () => 'slow.test')).toEqual({
    full: 0,
    truncated: 50,
    silent: 50,
    slow: 200,
  });
});

test('TCP proves an address', () => {
  const { ask, client } = limited();
  showClient(client, '192.0.2.1', true);
  expect(ask(300).full).toBe(300);
});

test('so does a valid cookie', () => {
  const client = clientView();
  const answerInto = limitResponses(
    (...given) => {
      client.hasValidCookie = true;
      return answerOrNot(...given);
    },
    { ...NSD, perSecond: 1 },
    { client, clock: new SimulatedClock(), seed: 5, counters: makeCounters(SERVER_COUNTERS) },
  );
  showClient(client, '192.0.2.1');
  expect(askHotPath(answerInto)).toBe(askHotPath(answerInto));
});

test('exempt networks are not limited', () => {
  const { ask } = limited({ exempt: [network('192.0.2.0/24')!] });
  expect(ask(300).full).toBe(300);
});
