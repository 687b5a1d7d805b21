import { afterEach, describe, expect, test } from 'vitest';
import { at, type Forwarding, forwarding } from '../fakes/forwarding.ts';
import {
  answersCode,
  answersWith,
  type Behaviour,
  type FakeUpstream,
  fakeUpstream,
  responseTo,
} from '../fakes/upstream.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function upstream(behaviour: Behaviour): Promise<FakeUpstream> {
  const made = await fakeUpstream(behaviour);
  closing.push(() => made.close());
  return made;
}

function forwardingTo(...upstreams: readonly FakeUpstream[]): Forwarding {
  const made = forwarding({ resolvers: upstreams.map(({ port }) => at(port)) });
  closing.push(() => made.forwarder.close());
  return made;
}

describe('a name outside', () => {
  test('is asked upstream once, then answered from the cache on either path', async () => {
    const one = await upstream(answersWith('192.0.2.1'));
    const { ask, askFast } = forwardingTo(one);
    expect(askFast('example.com')).toBeUndefined();
    const first = await ask('example.com');
    const second = await ask('EXAMPLE.com', { id: 99 });
    const third = askFast('exAMPle.com', { payload: 1232 });
    expect(first?.answers).toMatchObject([{ type: 'A', data: '192.0.2.1', ttl: 300 }]);
    expect(second).toMatchObject({ id: 99, questions: [{ name: 'EXAMPLE.com' }] });
    expect(third?.answers).toMatchObject([{ data: '192.0.2.1' }]);
    expect(third?.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }]);
    expect(one.seen).toHaveLength(1);
  });

  test('that is too long for UDP comes by TCP and is cut for those who ask by UDP', async () => {
    const addresses = Array.from({ length: 100 }, (_, index) => `192.0.2.${index}`);
    const one = await upstream(seen => {
      if (seen.transport === 'udp') return [responseTo(seen, { isTruncated: true })];
      const answers = addresses.map(data => ({
        type: 'A' as const,
        name: seen.name,
        ttl: 60,
        data,
      }));
      return [responseTo(seen, { answers })];
    });
    const { ask, askFast } = forwardingTo(one);
    const short = await ask('many.example');
    expect(short).toMatchObject({ flag_tc: true });
    expect(short?.answers?.length).toBeGreaterThan(10);
    expect(askFast('many.example')).toBeUndefined();
    expect(askFast('many.example', { transport: 'tcp' })?.answers).toHaveLength(100);
    expect(one.seen.map(({ transport }) => transport)).toEqual(['udp', 'tcp']);
  });

  test('is asked of the next upstream after SERVFAIL', async () => {
    const broken = await upstream(answersCode(2));
    const sound = await upstream(answersWith('192.0.2.2'));
    const { ask } = forwardingTo(broken, sound);
    expect((await ask('example.com'))?.answers).toMatchObject([{ data: '192.0.2.2' }]);
  });

  test('of nobody is passed on', () => {
    const { ask } = forwardingTo();
    expect(ask('example.com')).toBeUndefined();
  });
});
