import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import type { Heard } from '../../src/forward/channel.ts';
import { UdpChannel } from '../../src/forward/udp-channel.ts';
import { upstreamQuery } from '../../src/forward/upstream-query.ts';
import { cryptoRandom, systemClock } from '../../src/runtime/index.ts';
import { at, queryOctets } from '../fakes/forwarding.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import {
  answersWith,
  type Behaviour,
  type FakeUpstream,
  fakeUpstream,
  responseTo,
  staysSilent,
} from '../fakes/upstream.ts';

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function channelTo(behaviour: Behaviour, clock = systemClock()) {
  const upstream = await fakeUpstream(behaviour);
  const heardOf = { mismatches: 0 };
  const onMismatch = () => void heardOf.mismatches++;
  const channel = new UdpChannel(at(upstream.port), { clock, random: cryptoRandom(), onMismatch });
  closing.push(
    () => channel.close(),
    () => upstream.close(),
  );
  return { upstream, channel, heardOf };
}

function outgoing(name: string, inRandomCase = false) {
  const asked = queryOctets(name, {});
  const question = { octets: asked.subarray(12), flags: 1, options: new Uint8Array(0) };
  return upstreamQuery(question, { withEdns: true, inRandomCase }, cryptoRandom());
}

function askOnce(channel: UdpChannel, name: string, inRandomCase = false): Promise<Heard> {
  return new Promise(resolve => channel.ask(outgoing(name, inRandomCase), resolve));
}

const firstAddress = (heard: Heard) =>
  heard.kind === 'response' ? heard.message.octets.at(heard.message.records[0].end - 1) : undefined;

/** Sends what is forged before the right response. */
const answersAfter =
  (forge: (seen: Parameters<Behaviour>[0]) => readonly Uint8Array[]): Behaviour =>
  seen => [...forge(seen), ...(answersWith('192.0.2.1')(seen) as Uint8Array[])];

const forged = (name: string) => ({
  answers: [{ type: 'A' as const, name, ttl: 60, data: '192.0.2.66' }],
});

describe('ports', () => {
  test('200 queries come from 190 ports at least, with ids of their own', async () => {
    const { upstream, channel } = await channelTo(answersWith('192.0.2.1'));
    for (let index = 0; index < 200; index++) await askOnce(channel, `host${index}.example`);
    expect(new Set(upstream.seen.map(({ port }) => port)).size).toBeGreaterThanOrEqual(190);
    expect(new Set(upstream.seen.map(({ packet }) => packet.id)).size).toBeGreaterThanOrEqual(190);
  });

  test('are at most 256, and none is used again soon', async () => {
    const { upstream, channel } = await channelTo(answersWith('192.0.2.1'));
    for (let index = 0; index < 600; index++) await askOnce(channel, `host${index}.example`);
    const ports = upstream.seen.map(({ port }) => port);
    expect(new Set(ports).size).toBeLessThanOrEqual(256 + 8);
    expect(new Set(ports.slice(300, 500)).size).toBeGreaterThanOrEqual(190);
  });

  test('are closed when nothing was asked for half a minute', async () => {
    const clock = new SimulatedClock();
    const { upstream, channel } = await channelTo(answersWith('192.0.2.1'), clock);
    await askOnce(channel, 'example.com');
    const [{ port }] = upstream.seen;
    await clock.advance(31_000);
    expect(clock.pending).toBe(0);
    const taken = createSocket('udp4').bind({ port, address: '127.0.0.1', exclusive: true });
    await once(taken, 'listening');
    taken.close();
  });
});

describe('a response counts', () => {
  test.each<{ why: string; forge: (seen: Parameters<Behaviour>[0]) => readonly Uint8Array[] }>([
    {
      why: 'with the right id only',
      forge: seen => [
        responseTo(seen, { ...forged(seen.name), id: (seen.packet.id! + 1) & 0xffff }),
      ],
    },
    {
      why: 'with the right question only',
      forge: seen => [responseTo(seen, { ...forged(seen.name), name: 'evil.example' })],
    },
    { why: 'when it is one', forge: seen => [seen.octets] },
    {
      why: 'when it can be read',
      forge: seen => [responseTo(seen, forged(seen.name)).subarray(0, -20), Buffer.alloc(1)],
    },
  ])('$why', async ({ forge }) => {
    const { channel, heardOf } = await channelTo(answersAfter(forge));
    expect(firstAddress(await askOnce(channel, 'example.com'))).toBe(1);
    expect(heardOf.mismatches).toBeGreaterThanOrEqual(1);
  });

  test('with the letters in the case they were sent, when that is random', async () => {
    const behaviour = answersAfter(seen => [
      responseTo(seen, { ...forged(seen.name), name: swapCase(seen.name) }),
    ]);
    const { upstream, channel } = await channelTo(behaviour);
    const name = 'a-rather-long-name-for-a-host.example.com';
    expect(firstAddress(await askOnce(channel, name, true))).toBe(1);
    expect(upstream.seen[0].name.toLowerCase()).toBe(name);
    expect(upstream.seen[0].name).not.toBe(name);
  });

  test('from the upstream’s own address and port only', async () => {
    const { upstream, channel, heardOf } = await channelTo(staysSilent);
    const heard: Heard[] = [];
    channel.ask(outgoing('example.com'), one => heard.push(one));
    const seen = await firstSeen(upstream);
    const forger = createSocket('udp4').bind(0, '127.0.0.1');
    await new Promise<void>(sent => {
      forger.send(responseTo(seen, forged(seen.name)), seen.port, '127.0.0.1', () => sent());
    });
    forger.close();
    upstream.behave(answersWith('192.0.2.1'));
    expect(firstAddress(await askOnce(channel, 'example.org'))).toBe(1);
    expect({ heard, mismatches: heardOf.mismatches }).toEqual({ heard: [], mismatches: 0 });
  });

  test('not after the query was given up', async () => {
    const { promise: late, resolve: answerNow } = Promise.withResolvers<void>();
    const { upstream, channel, heardOf } = await channelTo(async seen => {
      if (seen.name === 'late.example') await late;
      return answersWith('192.0.2.1')(seen);
    });
    const heard: Heard[] = [];
    const giveUp = channel.ask(outgoing('late.example'), one => heard.push(one));
    await firstSeen(upstream);
    giveUp();
    answerNow();
    while (heardOf.mismatches === 0) await askOnce(channel, 'example.org');
    expect(heard).toEqual([]);
  });
});

async function firstSeen(upstream: FakeUpstream) {
  while (upstream.seen.length === 0) await new Promise(resolve => setImmediate(resolve));
  return upstream.seen[0];
}

test('an upstream that nobody listens at is out of reach at once', async () => {
  const { upstream, channel } = await channelTo(staysSilent);
  await upstream.close();
  expect(await askOnce(channel, 'example.com')).toEqual({ kind: 'fault', fault: 'unreachable' });
});

test('a query of our own that comes round is known by port, id and question', async () => {
  const { upstream, channel } = await channelTo(staysSilent);
  channel.ask(outgoing('example.com'), () => {});
  const { port, octets } = await firstSeen(upstream);
  const other = Buffer.from(octets);
  other[13] ^= 0x01;
  expect(channel.isOwnQuery(port, octets)).toBe(true);
  expect(channel.isOwnQuery(port, other)).toBe(false);
  expect(channel.isOwnQuery(port ^ 1, octets)).toBe(false);
});

/** The same name, every letter in the other case. */
function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, letter => String.fromCharCode(letter.charCodeAt(0) ^ 0x20));
}
