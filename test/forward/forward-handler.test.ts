import { describe, expect, test } from 'vitest';
import {
  type AskOptions,
  extendedErrors,
  forwardingTo,
  queryOf,
  upstream,
} from '../fakes/forwarding.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { answersWith, type Behaviour, responseTo, staysSilent } from '../fakes/upstream.ts';

const SERVFAIL = 'SERVFAIL';

describe('a name outside', () => {
  test('is asked upstream once, then answered from the cache on either path', async () => {
    const one = await upstream(answersWith('192.0.2.1'));
    const { ask, askFast, counted } = forwardingTo([one]);
    expect(askFast('example.com')).toBeUndefined();
    const first = await ask('example.com');
    const second = await ask('EXAMPLE.com', { id: 99 });
    const third = askFast('exAMPle.com', { payload: 1232 });
    expect(first?.answers).toMatchObject([{ type: 'A', data: '192.0.2.1', ttl: 300 }]);
    expect(second).toMatchObject({ id: 99, questions: [{ name: 'EXAMPLE.com' }] });
    expect(third?.answers).toMatchObject([{ data: '192.0.2.1' }]);
    expect(third?.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }]);
    expect(one.seen).toHaveLength(1);
    expect([counted('cache_hits'), counted('cache_misses')]).toEqual([2, 1]);
  });

  test('both paths give the same octets for the same query', async () => {
    const one = await upstream(answersWith('192.0.2.1'));
    const { ask, askFast } = forwardingTo([one]);
    await ask('example.com');
    for (const asked of [{}, { payload: 4096 }, { payload: 512, id: 7 }] as AskOptions[]) {
      expect(askFast('example.com', asked)).toEqual(await ask('example.com', asked));
    }
  });

  test('that is too long for UDP comes by TCP and is cut for those who ask by UDP', async () => {
    const one = await upstream(truncatesByUdp(100));
    const { ask, askFast } = forwardingTo([one]);
    const short = await ask('many.example');
    expect(short).toMatchObject({ flag_tc: true });
    expect(short?.answers?.length).toBeGreaterThan(10);
    expect(askFast('many.example')).toBeUndefined();
    expect(askFast('many.example', { transport: 'tcp' })?.answers).toHaveLength(100);
    expect(one.seen.map(({ transport }) => transport)).toEqual(['udp', 'tcp']);
  });

  test('with 255 additional records counts 256 with the OPT record, on either path', async () => {
    const one = await upstream(seen => {
      if (seen.transport === 'udp') return [responseTo(seen, { isTruncated: true })];
      const mail = { type: 'MX' as const, name: seen.name, ttl: 60 };
      const additionals = Array.from({ length: 255 }, (_, index) => ({
        type: 'A' as const,
        name: 'mail.example.com',
        ttl: 60,
        data: `192.0.2.${index}`,
      }));
      const answers = [{ ...mail, data: { preference: 1, exchange: 'mail.example.com' } }];
      return [responseTo(seen, { answers, additionals })];
    });
    const { ask, askFast } = forwardingTo([one]);
    const asked = { type: 'MX', payload: 1232, transport: 'tcp' } as const;
    expect((await ask('example.com', asked))?.additionals).toHaveLength(256);
    expect(askFast('example.com', asked)?.additionals).toHaveLength(256);
  });

  test('is asked with what its client said, but for the hop’s own', async () => {
    const one = await upstream(answersWith('192.0.2.1'));
    const { ask } = forwardingTo([one]);
    const cookie = { code: 10, data: Buffer.from('0123456789abcdef', 'hex') };
    const subnet = { code: 8, data: Buffer.from('00011800c00002', 'hex') };
    const own = { code: 65_001, data: Buffer.from('hello') };
    await ask('wWw.example.com', {
      payload: 4096,
      dnssecOk: true,
      checkingDisabled: true,
      options: [cookie, subnet, own],
    });
    const [{ packet, name }] = one.seen;
    expect(name).toBe('wWw.example.com');
    expect(packet).toMatchObject({ flag_rd: true, flag_cd: true });
    const [opt] = packet.additionals as never as {
      udpPayloadSize: number;
      flag_do: boolean;
      options: { code: number }[];
    }[];
    expect(opt).toMatchObject({ udpPayloadSize: 1232, flag_do: true });
    expect(opt.options.map(({ code }) => code)).toEqual([8, 65_001]);
  });

  test('a response to a client’s own options is not kept for others', async () => {
    const one = await upstream(answersWith('192.0.2.1'));
    const { ask } = forwardingTo([one]);
    const options = [{ code: 8, data: Buffer.from('00011800c00002', 'hex') }];
    await ask('example.com', { options });
    await ask('example.com', { options });
    await ask('example.com');
    expect(one.seen).toHaveLength(3);
  });

  test('has answers of its own with DNSSEC records and without checking', async () => {
    const one = await upstream(answersWith('192.0.2.1'));
    const { ask } = forwardingTo([one]);
    for (const asked of [{}, { dnssecOk: true }, { checkingDisabled: true }, { payload: 1232 }]) {
      await ask('example.com', asked);
    }
    expect(one.seen).toHaveLength(3);
  });

  test('of an unknown type passes through', async () => {
    const data = Buffer.from('opaque\0octets');
    const one = await upstream(seen => [
      responseTo(seen, {
        answers: [{ type: 'UNKNOWN_65280' as 'NULL', name: seen.name, ttl: 60, data }],
      }),
    ]);
    const { forwarder } = forwardingTo([one]);
    const query = queryOf('example.com');
    query.octets.set([0xff, 0x00], query.question.end - 4);
    const response = await forwarder.handle({
      ...query,
      question: { ...query.question, type: 65_280 },
    });
    expect(Buffer.from(response ?? []).includes(data)).toBe(true);
  });

  test('asked fifty times at once goes upstream once', async () => {
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    const one = await upstream(async seen => {
      await held;
      return answersWith('192.0.2.1', 0)(seen);
    });
    const { ask, counted } = forwardingTo([one]);
    const all = Array.from({ length: 50 }, (_, id) => ask('example.com', { id }));
    letGo();
    const responses = await Promise.all(all);
    expect(responses.map(response => response?.id)).toEqual(all.map((_, id) => id));
    expect(one.seen).toHaveLength(1);
    expect(counted('forward_coalesced')).toBe(49);
  });

  test('that does not exist is remembered as its SOA says', async () => {
    const clock = new SimulatedClock();
    const soa = {
      mname: 'ns',
      rname: 'h',
      serial: 1,
      refresh: 1,
      retry: 1,
      expire: 1,
      minimum: 20,
    };
    const one = await upstream(seen => [
      responseTo(seen, {
        rcode: 3,
        authorities: [{ type: 'SOA', name: 'example', ttl: 600, data: soa }],
      }),
    ]);
    const { ask, askFast } = forwardingTo([one], {}, clock);
    await ask('no.example');
    expect(askFast('no.example')).toMatchObject({ rcode: 'NXDOMAIN', authorities: [{ ttl: 20 }] });
    await clock.advance(20_000);
    expect(askFast('no.example')).toBeUndefined();
  });

  test('leaves no trace of other names in the response or the cache', async () => {
    const one = await upstream(seen => [
      responseTo(seen, {
        answers: [
          { type: 'A', name: 'bank.example', ttl: 600, data: '192.0.2.66' },
          { type: 'A', name: seen.name, ttl: 600, data: '192.0.2.1' },
        ],
        additionals: [{ type: 'A', name: 'bank.example', ttl: 600, data: '192.0.2.66' }],
      }),
    ]);
    const { ask, askFast } = forwardingTo([one]);
    const response = await ask('example.com');
    expect(response?.answers).toMatchObject([{ name: 'example.com', data: '192.0.2.1' }]);
    expect(response?.additionals).toEqual([]);
    expect(askFast('bank.example')).toBeUndefined();
  });
});

test('setTruncateBit off hides TC and cuts all the same', async () => {
  const one = await upstream(truncatesByUdp(100));
  const { ask } = forwardingTo([one], { setTruncateBit: false });
  const fresh = await ask('example.com');
  const kept = await ask('example.com');
  for (const response of [fresh, kept]) {
    expect(response).toMatchObject({ flag_tc: false });
    expect(response?.answers?.length).toBeLessThan(100);
  }
});

function truncatesByUdp(count: number): Behaviour {
  return seen => {
    if (seen.transport === 'udp') return [responseTo(seen, { isTruncated: true })];
    const answers = Array.from({ length: count }, (_, index) => ({
      type: 'A' as const,
      name: seen.name,
      ttl: 60,
      data: `192.0.2.${index}`,
    }));
    return [responseTo(seen, { answers })];
  };
}

describe('what is not forwarded', () => {
  test.each<{ why: string; asked: AskOptions }>([
    { why: 'an update', asked: { opcode: 5 } },
    { why: 'a notification', asked: { opcode: 4 } },
    { why: 'a transfer', asked: { type: 'AXFR' } },
    { why: 'an incremental transfer', asked: { type: 'IXFR' } },
  ])('$why is passed on', async ({ asked }) => {
    const one = await upstream(answersWith('192.0.2.1'));
    const { ask, askFast } = forwardingTo([one]);
    expect(await ask('example.com', asked)).toBeUndefined();
    expect(askFast('example.com', asked)).toBeUndefined();
    expect(one.seen).toEqual([]);
  });

  test('a name of nobody is passed on', async () => {
    expect(await forwardingTo([]).ask('example.com')).toBeUndefined();
  });

  test('strangers are refused with EDE 18, even what the cache holds', async () => {
    const one = await upstream(answersWith('192.0.2.1'));
    const { ask, askFast, counted } = forwardingTo([one]);
    await ask('example.com');
    const stranger = { from: '198.51.100.7', payload: 1232 };
    expect(askFast('example.com', stranger)).toBeUndefined();
    const response = await ask('example.com', stranger);
    expect(response).toMatchObject({ rcode: 'REFUSED', flag_ra: false, answers: [] });
    expect(extendedErrors(response)).toEqual([18]);
    expect(counted('forward_refused')).toBe(1);
  });

  test('more than the allowed questions at once fail with EDE 0', async () => {
    const one = await upstream(staysSilent);
    const { ask, forwarder, counted } = forwardingTo([one], { maxInFlight: 10 });
    const waiting = Array.from({ length: 10 }, (_, index) => ask(`host${index}.example`));
    const response = await ask('one-more.example', { payload: 1232 });
    expect(response).toMatchObject({ rcode: SERVFAIL });
    expect(extendedErrors(response)).toEqual([0]);
    expect(counted('forward_overloaded')).toBe(1);
    await forwarder.close();
    const failed = await Promise.all(waiting);
    expect(failed.every(one => (one as { rcode?: string } | undefined)?.rcode === SERVFAIL)).toBe(
      true,
    );
  });

  test('a query of our own that comes round is refused', async () => {
    let loop: Promise<unknown> | undefined;
    const one = await upstream(seen => {
      loop ??= Promise.resolve(
        made.forwarder.handle({
          ...queryOf('example.com', { port: seen.port }),
          octets: seen.octets,
        }),
      );
      return answersWith('192.0.2.1')(seen);
    });
    const made = forwardingTo([one]);
    await made.ask('example.com');
    expect(((await loop) as Uint8Array)[3] & 15).toBe(5);
    expect(made.counted('forward_loops')).toBe(1);
  });
});
