import { describe, expect, test } from 'vitest';
import { extendedErrors, forwardingTo, upstream } from '../fakes/forwarding.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { turnUntil } from '../fakes/turn-until.ts';
import { answersCode, answersWith, staysSilent } from '../fakes/upstream.ts';

const SERVFAIL = 'SERVFAIL';

describe('upstreams that fail', () => {
  test('after SERVFAIL the next one is asked', async () => {
    const broken = await upstream(answersCode(2));
    const sound = await upstream(answersWith('192.0.2.2'));
    const { ask } = forwardingTo([broken, sound]);
    expect((await ask('example.com'))?.answers).toMatchObject([{ data: '192.0.2.2' }]);
  });

  test('a failure is remembered for a second', async () => {
    const clock = new SimulatedClock();
    const one = await upstream(answersCode(2));
    const { ask } = forwardingTo([one], {}, clock);
    for (let turn = 0; turn < 5; turn++)
      expect(await ask('a.test')).toMatchObject({ rcode: SERVFAIL });
    expect(one.seen).toHaveLength(1);
    await clock.advance(1_000);
    one.behave(answersWith('192.0.2.1'));
    expect(await ask('a.test')).toMatchObject({ rcode: 'NOERROR' });
  });

  test('all silent: SERVFAIL with EDE 22 within 4 s, and nothing later', async () => {
    const clock = new SimulatedClock();
    const all = [await upstream(staysSilent), await upstream(staysSilent)];
    const { ask } = forwardingTo(all, {}, clock);
    const responses: unknown[] = [];
    void ask('example.com', { payload: 1232 }).then(response => responses.push(response));
    const tookMs = await turnUntil(clock, () => responses.length > 0);
    expect(tookMs).toBeLessThanOrEqual(4_000);
    expect(responses).toMatchObject([{ rcode: SERVFAIL, flag_ra: true }]);
    expect(extendedErrors(responses[0] as never)).toEqual([22]);
    const asked = all.flatMap(({ seen }) => seen).length;
    await clock.advance(60_000);
    expect(all.flatMap(({ seen }) => seen)).toHaveLength(asked);
    expect(responses).toHaveLength(1);
  });

  test('out of reach: SERVFAIL with EDE 23 at once', async () => {
    const one = await upstream(staysSilent);
    await one.close();
    const { ask, forwarder } = forwardingTo([one], {}, new SimulatedClock());
    const response = await ask('example.com', { payload: 1232 });
    expect(response).toMatchObject({ rcode: SERVFAIL });
    expect(extendedErrors(response)).toEqual([23]);
    expect(forwarder.status()).toMatchObject([{ isHealthy: false, inFlight: 0 }]);
  });

  test('a loop through another resolver ends in SERVFAIL, and asks no more than silence does', async () => {
    const clock = new SimulatedClock();
    let id = 1;
    const one = await upstream(async seen => {
      await made.ask(seen.name, { id: id++, port: 5_300 });
      return answersCode(2)(seen);
    });
    const made = forwardingTo([one], {}, clock);
    const responses: unknown[] = [];
    void made.ask('example.com').then(response => responses.push(response));
    expect(await turnUntil(clock, () => responses.length > 0)).toBeLessThanOrEqual(4_000);
    expect(responses).toMatchObject([{ rcode: SERVFAIL }]);
    expect(one.seen.length).toBeLessThanOrEqual(3);
  });
});
