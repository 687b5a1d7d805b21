import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { quietLog } from '../../src/runtime/index.ts';
import { loadSystemCalls } from '../../src/server/index.ts';
import { Readiness } from '../../src/server/readiness.ts';
import type { SystemCalls } from '../../src/server/system-calls.ts';
import { queryOctets, udpClient } from '../fakes/dns-client.ts';
import { SimulatedClock, settle } from '../fakes/simulated-clock.ts';
import { echoAnswer, echoOf, startServer } from '../fakes/test-server.ts';

const calls = await loadSystemCalls(() => {});
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(each => each.close()));
  while (watched() > 0) await settle();
});

/** How many sockets `dgram` watches. */
function watched(): number {
  return process.getActiveResourcesInfo().filter(name => name === 'UDPWrap').length;
}

/** Readiness of a socket from which so many datagrams come in one turn after another. */
function readinessWith(counts: readonly number[], own: Partial<SystemCalls> = {}) {
  const seen: number[] = [];
  const clock = new SimulatedClock();
  const descriptor = calls!.open('udp', 4);
  calls!.bind(descriptor, { address: '127.0.0.1', family: 4, port: 0, scopeId: 0 });
  const turn = () => {
    seen.push(watched());
    return counts[seen.length - 1] ?? 0;
  };
  const reader = { ready: () => {}, turn };
  const world = { clock, log: quietLog() };
  const listen = { descriptor, family: 4 } as const;
  const readiness = new Readiness({ ...calls!, ...own }, listen, reader, world);
  opened.push({
    close: async () => {
      readiness.close();
      calls!.close(descriptor);
    },
  });
  return { readiness, clock, seen };
}

describe.runIf(calls)('readiness', () => {
  test.each([
    { why: 'a few are no rush', counts: [15], watchedInTurns: [1] },
    {
      why: 'in a rush every turn reads, until sixteen have found little',
      counts: [16, 64, ...Array(15).fill(3), 4, ...Array(16).fill(3)],
      watchedInTurns: [1, ...Array(33).fill(0)],
    },
  ])('$why', async ({ counts, watchedInTurns }) => {
    const { readiness, seen } = readinessWith(counts);
    readiness.turnLater();
    readiness.turnLater();
    while (seen.length < watchedInTurns.length || watched() === 0) await settle();
    expect(seen).toEqual(watchedInTurns);
  });

  test('without a descriptor to watch by it reads on, and tries again', async () => {
    let tries = 0;
    const duplicate = (descriptor: number) => {
      tries++;
      if (tries === 2 || tries === 3) throw new Error('no more descriptors');
      return calls!.duplicate(descriptor);
    };
    const { readiness, clock, seen } = readinessWith([16], { duplicate });
    readiness.turnLater();
    while (tries < 2) await settle();
    expect(watched()).toBe(0);
    while (watched() === 0) {
      await clock.advance(10);
      await settle();
    }
    expect(tries).toBe(4);
    expect(seen).toHaveLength(1 + 16 + 2);
  });
});

describe('a rush', () => {
  /** Resolves when the server is asked while `dgram` watches the client alone. */
  async function serverInRush() {
    let fewest = Number.POSITIVE_INFINITY;
    let isRush = () => {};
    const rush = new Promise<void>(resolve => {
      isRush = resolve;
    });
    const server = await startServer({
      answerInto: (...given) => {
        fewest = Math.min(fewest, watched());
        if (fewest < 2) isRush();
        return echoAnswer(...given);
      },
      slow: async octets => echoOf(octets),
    });
    const client = await udpClient('127.0.0.1', server.port);
    opened.push(client);
    for (let id = 0; id < 4000; id++) {
      client.send(queryOctets(id, id % 100 === 0 ? 'slow.test' : 'web.test'));
    }
    if (server.server.udp === 'batched') await rush;
    return { server, client };
  }

  test('costs no query, nor what comes after it', async () => {
    const { server, client } = await serverInRush();
    opened.push(server);
    for (let count = 0; count < 4000; count++) await client.receive();
    while (watched() < 2) await settle();
    await client.ask(queryOctets(1, 'web.test'));
    expect(server.count('udp4_queries')).toBe(4001);
  });

  test('may be closed in, and leaves no descriptor behind', async () => {
    const before = readdirSync('/proc/self/fd').length;
    const { server, client } = await serverInRush();
    await server.close();
    await client.close();
    opened.length = 0;
    expect(readdirSync('/proc/self/fd')).toHaveLength(before);
  });
});
