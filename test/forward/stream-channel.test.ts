import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import type { Heard } from '../../src/forward/channel.ts';
import { StreamChannel } from '../../src/forward/stream-channel.ts';
import type { UpstreamAddress } from '../../src/forward/upstream-address.ts';
import { upstreamQuery } from '../../src/forward/upstream-query.ts';
import { cryptoRandom } from '../../src/runtime/index.ts';
import { at, queryOctets } from '../fakes/forwarding.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { type StreamBehaviour, streamUpstream } from '../fakes/stream-upstream.ts';
import { framed, responseTo, type SeenQuery } from '../fakes/upstream.ts';
import { PROJECT } from '../paths.ts';

const pem = (name: string) =>
  readFileSync(join(PROJECT, 'test/fixtures/tls', `${name}.pem`), 'utf8');

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function channelTo(
  behaviour: StreamBehaviour,
  {
    tls,
    ca,
    name,
  }: { readonly tls?: TlsOptions; readonly ca?: string; readonly name?: string } = {},
) {
  const upstream = await streamUpstream(behaviour, tls);
  const clock = new SimulatedClock();
  const heardOf = { mismatches: 0, asks: 0 };
  const address: UpstreamAddress = at(upstream.port, tls ? 'tls' : 'tcp', name);
  const channel = new StreamChannel(address, {
    clock,
    random: cryptoRandom(),
    onMismatch: () => void heardOf.mismatches++,
    onAsk: () => void heardOf.asks++,
    tlsAuthorities: ca,
  });
  closing.push(
    () => channel.close(),
    () => upstream.close(),
  );
  return { upstream, channel, clock, heardOf };
}

function askOnce(channel: StreamChannel, name: string): Promise<Heard> {
  const question = {
    octets: queryOctets(name, {}).subarray(12),
    flags: 1,
    options: new Uint8Array(0),
  };
  const manner = { withEdns: true, inRandomCase: false };
  return new Promise(resolve =>
    channel.ask(upstreamQuery(question, manner, cryptoRandom()), resolve),
  );
}

const answer = (seen: SeenQuery) =>
  framed(
    responseTo(seen, { answers: [{ type: 'A', name: seen.name, ttl: 60, data: '192.0.2.1' }] }),
  );
const answers: StreamBehaviour = (seen, socket) => void socket.write(answer(seen));

describe('an upstream by TCP', () => {
  test('is asked many things over one connection, answered in any order', async () => {
    const held: { seen: SeenQuery; socket: Socket }[] = [];
    const { upstream, channel } = await channelTo((seen, socket) => {
      held.push({ seen, socket });
      if (held.length === 20) for (const one of held.reverse()) answers(one.seen, one.socket);
    });
    const names = Array.from({ length: 20 }, (_, index) => `host${index}.example`);
    const heard = await Promise.all(names.map(name => askOnce(channel, name)));
    expect(heard.every(({ kind }) => kind === 'response')).toBe(true);
    expect(upstream.connections).toHaveLength(1);
    expect(new Set(upstream.seen.map(({ packet }) => packet.id)).size).toBe(20);
  });

  test('is heard however its octets are cut', async () => {
    const { channel } = await channelTo((seen, socket) => {
      socket.setNoDelay();
      for (const octet of answer(seen)) socket.write(Buffer.of(octet));
    });
    expect(await askOnce(channel, 'example.com')).toMatchObject({ kind: 'response' });
  });

  test('must answer the question that was asked', async () => {
    const { channel, heardOf } = await channelTo((seen, socket) => {
      socket.write(framed(responseTo(seen, { name: 'evil.example' })));
      answers(seen, socket);
    });
    expect(await askOnce(channel, 'example.com')).toMatchObject({ kind: 'response' });
    expect(heardOf.mismatches).toBe(1);
  });

  test('is asked again over a new connection when it closed the idle one', async () => {
    const { upstream, channel } = await channelTo((seen, socket) => {
      if (upstream.seen.length === 2) socket.destroy();
      else answers(seen, socket);
    });
    await askOnce(channel, 'one.example');
    expect(await askOnce(channel, 'two.example')).toMatchObject({ kind: 'response' });
    expect(upstream.seen.map(({ name }) => name)).toEqual([
      'one.example',
      'two.example',
      'two.example',
    ]);
    expect(upstream.connections).toHaveLength(2);
  });

  test.each<{ why: string; behaviour: StreamBehaviour }>([
    { why: 'closes at once', behaviour: (_, socket) => void socket.destroy() },
    {
      why: 'ends after half a message',
      behaviour: (_, socket) => void socket.end(Buffer.of(0, 40, 1)),
    },
    {
      why: 'sends a length too short',
      behaviour: (_, socket) => void socket.write(Buffer.of(0, 3, 1)),
    },
  ])('that $why is out of reach', async ({ behaviour }) => {
    const { channel } = await channelTo(behaviour);
    expect(await askOnce(channel, 'example.com')).toEqual({ kind: 'fault', fault: 'unreachable' });
  });

  test('where nobody listens is out of reach', async () => {
    const { upstream, channel } = await channelTo(answers);
    await upstream.close();
    expect(await askOnce(channel, 'example.com')).toEqual({ kind: 'fault', fault: 'unreachable' });
  });

  test('is let go after a while without questions', async () => {
    const { upstream, channel, clock } = await channelTo(answers);
    await askOnce(channel, 'example.com');
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    upstream.connections[0].on('close', () => resolve());
    await clock.advance(10_000);
    await closed;
    expect(clock.pending).toBe(0);
  });
});

describe('an upstream by TLS', () => {
  const byAddress = { cert: pem('master-by-address'), key: pem('master-by-address-key') };
  const byName = { cert: pem('master'), key: pem('master-key') };
  const ca = pem('ca');

  test.each<{ why: string; options: Parameters<typeof channelTo>[1]; kind: Heard['kind'] }>([
    {
      why: 'is heard when its certificate bears its address',
      options: { tls: byAddress, ca },
      kind: 'response',
    },
    {
      why: 'is heard when its certificate bears the configured name',
      options: { tls: byName, ca, name: 'm1.test' },
      kind: 'response',
    },
    {
      why: 'is not heard under another name',
      options: { tls: byName, ca, name: 'other.test' },
      kind: 'fault',
    },
    {
      why: 'is not heard when its certificate bears no address',
      options: { tls: byName, ca },
      kind: 'fault',
    },
    {
      why: 'is not heard when nobody we trust vouches for it',
      options: { tls: byAddress },
      kind: 'fault',
    },
  ])('$why', async ({ options, kind }) => {
    const { upstream, channel } = await channelTo(answers, options);
    expect(await askOnce(channel, 'example.com')).toMatchObject({ kind });
    expect(upstream.seen).toHaveLength(kind === 'response' ? 1 : 0);
  });
});
