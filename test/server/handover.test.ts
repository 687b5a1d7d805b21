import { expect, test } from 'vitest';
import { quietLog, systemClock } from '../../src/runtime/index.ts';
import { loadSystemCalls, openListeners } from '../../src/server/index.ts';
import { idOf, queryOctets, tcpClient, udpClient } from '../fakes/dns-client.ts';
import { settle } from '../fakes/simulated-clock.ts';
import { startServer } from '../fakes/test-server.ts';

const calls = await loadSystemCalls(() => {});

test.runIf(calls)('a server takes over from another without losing a query', async () => {
  const old = await startServer();
  const client = await udpClient('127.0.0.1', old.port);
  const total = 5000;
  const answered = new Set<number>();
  let asked = 0;
  const ask = (count: number) => {
    for (const end = asked + count; asked < end; asked++)
      client.send(queryOctets(asked, 'web.test'));
  };
  const collect = (async () => {
    while (answered.size < total) answered.add(idOf(await client.receive()));
  })();

  ask(1000);
  await settle();
  const inherited = old.listeners.descriptors().map(descriptor => calls!.duplicate(descriptor));
  const next = await startServer({ inherited, port: old.port });
  while (asked < 2000) {
    ask(100);
    await settle();
  }
  const closed = old.close(1000);
  while (asked < total) {
    ask(100);
    await settle();
  }
  await Promise.all([collect, closed]);
  expect(old.count('udp_responses') + next.count('udp_responses')).toBe(total);
  expect(next.count('udp_responses')).toBeGreaterThan(0);

  const stream = await tcpClient('127.0.0.1', next.port);
  stream.send(queryOctets(9, 'web.test'));
  expect(idOf((await stream.receive())!)).toBe(9);
  stream.close();
  await Promise.all([client.close(), next.close()]);
});

test.runIf(calls)('what waits in a kept socket is answered by who serves it next', async () => {
  const listeners = await openListeners([{ address: '127.0.0.1', port: 0 }], {
    threads: 1,
    systemCalls: calls,
    clock: systemClock(),
    onChange: () => {},
    ownAddresses: () => [],
    log: quietLog(),
  });
  const { port } = listeners.addresses[0];
  const client = await udpClient('127.0.0.1', port);
  for (let id = 0; id < 3000; id++) client.send(queryOctets(id, 'web.test'));
  await settle();
  const inherited = listeners.descriptors().map(descriptor => calls!.duplicate(descriptor));
  const server = await startServer({ inherited, port });
  for (let count = 0; count < 3000; count++) await client.receive();
  expect(server.count('udp_responses')).toBe(3000);
  await Promise.all([client.close(), server.close(), listeners.close()]);
});
