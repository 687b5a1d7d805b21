import { afterEach, describe, expect, test } from 'vitest';
import type { Octets } from '../../src/dns/index.ts';
import { idOf, queryOctets, type UdpClient, udpClient } from '../fakes/dns-client.ts';
import { echoOf, startServer, type TestServer } from '../fakes/test-server.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(each => each.close()));
});

/** A server at 0.0.0.0 of a machine whose interfaces have no address. */
async function wildcardServer(
  options: Parameters<typeof startServer>[0] = {},
): Promise<TestServer> {
  const server = await startServer({ addresses: ['0.0.0.0'], udp: 'batched', ...options });
  opened.push(server);
  return server;
}

/** A client that takes nothing which comes from elsewhere, as real ones do. */
async function clientOf(address: string, port: number): Promise<UdpClient> {
  const client = await udpClient(address, port);
  opened.push(client);
  return client;
}

describe.runIf(process.platform === 'linux')('a wildcard socket', () => {
  test('answers from an address that is on no interface', async () => {
    const { port } = await wildcardServer();
    for (const address of ['127.0.0.9', '127.0.0.1', '127.255.255.254', '127.0.0.9']) {
      const client = await clientOf(address, port);
      const query = queryOctets(1, 'web.test');
      expect(await client.ask(query)).toEqual(Buffer.from(echoOf(query)));
    }
  });

  test('answers bursts to several addresses, each from its own', async () => {
    const { port } = await wildcardServer();
    const addresses = Array.from({ length: 20 }, (_, last) => `127.1.0.${last}`);
    const clients = await Promise.all(addresses.map(address => clientOf(address, port)));
    for (let id = 0; id < 50; id++) {
      for (const client of clients) client.send(queryOctets(id, 'web.test'));
    }
    for (const client of clients) {
      const ids: number[] = [];
      while (ids.length < 50) ids.push(idOf(await client.receive()));
      expect(new Set(ids).size).toBe(50);
    }
  });

  test('sends slow answers from where they were asked, though others asked since', async () => {
    const waiting: (() => void)[] = [];
    const { port } = await wildcardServer({
      slow: octets => new Promise<Octets>(resolve => waiting.push(() => resolve(echoOf(octets)))),
    });
    const [first, second] = [await clientOf('127.0.0.9', port), await clientOf('127.0.0.8', port)];
    first.send(queryOctets(1, 'slow.test'));
    second.send(queryOctets(2, 'slow.test'));
    await second.ask(queryOctets(3, 'web.test'));
    await first.ask(queryOctets(4, 'web.test'));
    for (const respond of waiting) respond();
    expect(idOf(await second.receive())).toBe(2);
    expect(idOf(await first.receive())).toBe(1);
  });

  test('answers over IPv6', async () => {
    const { port } = await wildcardServer({ addresses: ['::'] });
    const client = await clientOf('::1', port);
    const query = queryOctets(1, 'web.test');
    expect(await client.ask(query)).toEqual(Buffer.from(echoOf(query)));
  });
});
