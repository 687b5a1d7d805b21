import { afterEach, expect, test } from 'vitest';
import { quietLog } from '../../src/runtime/index.ts';
import { queryOctets, udpClient } from '../fakes/dns-client.ts';
import { settle } from '../fakes/simulated-clock.ts';
import { startServer, type TestServer } from '../fakes/test-server.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(each => each.close()));
});

async function askOnce({ port }: TestServer): Promise<void> {
  const client = await udpClient('127.0.0.1', port);
  await client.ask(queryOctets(1, 'web.test'));
  await client.close();
}

test.runIf(process.platform === 'linux')(
  'batches are used on Linux, unless forbidden',
  async () => {
    const batched = await startServer();
    const forbidden = await startServer({ udp: 'portable' });
    const without = await startServer({ hasSystemCalls: false });
    opened.push(batched, forbidden, without);
    expect([batched, forbidden, without].map(({ server }) => server.udp)).toEqual([
      'batched',
      'portable',
      'portable',
    ]);
  },
);

test('being told the same sockets twice, even at once, changes nothing', async () => {
  const server = await startServer();
  opened.push(server);
  const sockets = server.listeners.socketsOf(0);
  await Promise.all([server.server.serve(sockets), server.server.serve(sockets)]);
  await askOnce(server);
  expect(server.count('udp_responses')).toBe(1);
});

test('a socket that is not listed any more is let go, and may come back', async () => {
  const server = await startServer();
  opened.push(server);
  await server.server.serve([]);
  await server.server.serve(server.listeners.socketsOf(0));
  await askOnce(server);
});

test('a socket that cannot be had is logged, and the others are served', async () => {
  const errors: unknown[] = [];
  const log = { ...quietLog(), error: (_: string, fields?: object) => void errors.push(fields) };
  const server = await startServer({ log });
  opened.push(server);
  const sockets = server.listeners.socketsOf(0);
  const stranger = { ...sockets[0], address: '192.0.2.1', port: 1, descriptor: 0 };
  await server.server.serve([stranger, ...sockets]);
  expect(errors).toMatchObject([{ transport: 'udp', address: '192.0.2.1', port: 1 }]);
  await askOnce(server);
});

test('closing twice is harmless', async () => {
  const server = await startServer();
  await server.server.close();
  await server.close();
});

test('a server that is closed serves nothing any more', async () => {
  const server = await startServer();
  await server.server.close();
  await server.server.serve(server.listeners.socketsOf(0));
  const client = await udpClient('127.0.0.1', server.port);
  client.send(queryOctets(1, 'web.test'));
  await settle();
  expect(server.count('udp4_queries')).toBe(0);
  await Promise.all([client.close(), server.close()]);
});
