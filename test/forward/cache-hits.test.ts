import { describe, expect, test } from 'vitest';
import { knownName } from '../../src/dns/index.ts';
import { extendedErrors, forwardingTo, upstream } from '../fakes/forwarding.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { turnUntil } from '../fakes/turn-until.ts';
import { answersCode, answersWith, type Behaviour, staysSilent } from '../fakes/upstream.ts';

const SERVFAIL = 'SERVFAIL';

describe('an answer that has expired', () => {
  async function expired(behaviour: Behaviour, clock: SimulatedClock) {
    const one = await upstream(answersWith('192.0.2.1', 60));
    const made = forwardingTo([one], {}, clock);
    await made.ask('example.com');
    await clock.advance(61_000);
    one.behave(behaviour);
    return { one, ...made };
  }

  test('is asked for again', async () => {
    const { ask } = await expired(answersWith('192.0.2.9'), new SimulatedClock());
    expect((await ask('example.com'))?.answers).toMatchObject([{ data: '192.0.2.9', ttl: 300 }]);
  });

  test.each([
    { why: 'fails', behaviour: answersCode(2) },
    { why: 'refuses', behaviour: answersCode(5) },
  ])('stands in for 30 s with EDE 3 when its upstream $why', async ({ behaviour }) => {
    const { ask, askFast, counted } = await expired(behaviour, new SimulatedClock());
    expect(askFast('example.com')).toBeUndefined();
    const response = await ask('example.com', { payload: 1232 });
    expect(response?.answers).toMatchObject([{ data: '192.0.2.1', ttl: 30 }]);
    expect(extendedErrors(response)).toEqual([3]);
    expect(counted('cache_stale')).toBe(1);
  });

  test('stands in after 1.8 s when its upstream is silent, then at once', async () => {
    const clock = new SimulatedClock();
    const { ask, forwarder } = await expired(staysSilent, clock);
    const responses: unknown[] = [];
    void ask('example.com').then(response => responses.push(response));
    expect(await turnUntil(clock, () => responses.length > 0)).toBeLessThanOrEqual(1_850);
    await turnUntil(clock, () => !forwarder.status()[0].isHealthy);
    await clock.advance(2_000);
    expect(await ask('example.com')).toMatchObject({ answers: [{ ttl: 30 }] });
  });

  test('does not stand in after a day', async () => {
    const clock = new SimulatedClock();
    const { ask } = await expired(answersCode(2), clock);
    await clock.advance(86_400_000);
    expect(await ask('example.com')).toMatchObject({ rcode: SERVFAIL });
  });
});

describe('a popular answer', () => {
  test('is renewed shortly before it expires', async () => {
    const clock = new SimulatedClock();
    const one = await upstream(answersWith('192.0.2.1', 60));
    const { ask, askFast, counted } = forwardingTo([one], {}, clock);
    await ask('example.com');
    for (let turn = 0; turn < 5; turn++) askFast('example.com');
    await clock.advance(55_000);
    expect(askFast('example.com')?.answers).toMatchObject([{ ttl: 5 }]);
    await turnUntil(
      clock,
      () => askFast('example.com')?.answers?.length === 1 && one.seen.length === 2,
    );
    await clock.advance(6_000);
    expect(askFast('example.com')).toBeDefined();
    expect([one.seen.length, counted('cache_prefetches')]).toEqual([2, 1]);
  });

  test('a rare one is not', async () => {
    const clock = new SimulatedClock();
    const one = await upstream(answersWith('192.0.2.1', 60));
    const { ask, askFast } = forwardingTo([one], {}, clock);
    await ask('example.com');
    await clock.advance(55_000);
    askFast('example.com');
    await clock.advance(1_000);
    expect(one.seen).toHaveLength(1);
  });
});

test('what is flushed is asked for again', async () => {
  const one = await upstream(answersWith('192.0.2.1'));
  const { ask, forwarder } = forwardingTo([one]);
  for (const name of ['a.example', 'b.example']) await ask(name);
  forwarder.flush(knownName('a.example'));
  for (const name of ['a.example', 'b.example']) await ask(name);
  expect(one.seen.map(({ name }) => name)).toEqual(['a.example', 'b.example', 'a.example']);
  forwarder.flush();
  await ask('b.example');
  expect(one.seen).toHaveLength(4);
});
