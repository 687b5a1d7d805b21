import { afterEach, describe, expect, test } from 'vitest';
import { loadSystemCalls } from '../../src/server/index.ts';
import { framed, idOf, queryOctets, type TcpClient, tcpClient } from '../fakes/dns-client.ts';
import { SimulatedClock, settle } from '../fakes/simulated-clock.ts';
import {
  echoOf,
  startServer,
  type TestServer,
  type TestServerOptions,
} from '../fakes/test-server.ts';

const hasSystemCalls = (await loadSystemCalls(() => {})) !== undefined;
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(each => each.close()));
});

const web = (id: number) => queryOctets(id, 'web.test');
const slow = (id: number) => queryOctets(id, 'slow.test');

interface Crowd {
  readonly server: TestServer;
  /** All but the first one came as visitors. */
  readonly clients: readonly TcpClient[];
  /** Lets the server look after its visitors. */
  readonly look: (ms?: number) => Promise<void>;
}

/** Clients that connect at the same moment, so that one event tells of all of them. */
async function crowd(count: number, options: TestServerOptions = {}): Promise<Crowd> {
  const clock = new SimulatedClock();
  const server = await startServer({ clock, ...options });
  opened.push(server);
  const address = options.addresses?.[0] ?? '127.0.0.1';
  const clients = await Promise.all(
    Array.from({ length: count }, () => tcpClient(address, server.port)),
  );
  opened.push(...clients);
  await settle();
  return {
    server,
    clients,
    look: async (ms = 2) => {
      await settle();
      await clock.advance(ms);
    },
  };
}

describe.runIf(hasSystemCalls)('visitors', () => {
  test.each(['127.0.0.1', '::1'])('at %s are answered and seen off', async address => {
    const { server, clients, look } = await crowd(50, { addresses: [address] });
    expect(server.count('tcp_visits')).toBeGreaterThan(40);
    for (const [id, client] of clients.entries()) client.send(web(id));
    await look();
    for (const [id, client] of clients.entries()) {
      expect(await client.receive()).toEqual(Buffer.from(echoOf(web(id))));
    }
    expect(server.count('tcp_open')).toBe(50);
    for (const client of clients) client.socket.end();
    await look();
    await settle();
    expect(server.count('tcp_open')).toBe(0);
    const queries = server.count('tcp4_queries') + server.count('tcp6_queries');
    expect([queries, server.count('tcp_responses'), server.count('rcode_0')]).toEqual([50, 50, 50]);
  });

  test('who stays, silent or not, is served on', async () => {
    const { server, clients, look } = await crowd(6);
    for (const client of clients.slice(0, 3)) client.send(web(1));
    await look();
    for (const client of clients.slice(0, 3)) await client.receive();
    await look(4);
    for (const client of clients) client.send(web(2));
    for (const client of clients) expect(idOf((await client.receive())!)).toBe(2);
    expect(server.count('tcp_open')).toBe(6);
  });

  test('who asks again at once is answered again', async () => {
    const { clients, look } = await crowd(4);
    for (const id of [1, 2, 3]) {
      for (const client of clients) client.send(web(id));
      await look();
      for (const client of clients) expect(idOf((await client.receive())!)).toBe(id);
    }
  });

  test('who asks what is slow gets his answer, and is counted once', async () => {
    const { server, clients, look } = await crowd(3, {
      slow: async octets => echoOf(octets),
    });
    for (const client of clients) client.send(web(1), slow(2), web(3));
    await look();
    for (const client of clients) {
      const ids = [await client.receive(), await client.receive(), await client.receive()];
      expect(ids.map(message => idOf(message!))).toEqual([1, 3, 2]);
    }
    expect(server.count('tcp4_queries')).toBe(9);
    expect(server.count('tcp_received_octets')).toBe(
      3 * (2 * framed(web(1)).length + framed(slow(1)).length),
    );
  });

  test('who sends half a message may send the rest later', async () => {
    const { clients, look } = await crowd(3);
    const octets = framed(web(7));
    for (const client of clients) client.socket.write(octets.subarray(0, 9));
    await look();
    for (const client of clients) client.socket.write(octets.subarray(9));
    for (const client of clients) expect(idOf((await client.receive())!)).toBe(7);
  });

  test('who sends what is no message is shown out', async () => {
    const { server, clients, look } = await crowd(3);
    for (const client of clients) client.socket.write(Uint8Array.of(0, 1, 0));
    await look();
    for (const client of clients) expect(await client.receive()).toBeUndefined();
    expect(server.count('tcp_closed_malformed')).toBe(3);
  });

  test('who asks for more than fits gets it all, in order', async () => {
    const { clients, look } = await crowd(2, {
      answerInto: (query, start, _end, response, at) => {
        response.set(query.subarray(start, start + 12), at);
        return 60_000;
      },
    });
    const ids = Array.from({ length: 200 }, (_, id) => id);
    for (const client of clients) client.send(...ids.map(web));
    await look();
    for (const client of clients) {
      for (const id of ids) expect(idOf((await client.receive())!)).toBe(id);
    }
  });

  test('limits hold for them as for everybody', async () => {
    const { server, clients, look } = await crowd(15, { limits: { connectionsPerAddress: 10 } });
    for (const client of clients) client.send(web(1));
    await look();
    const responses = await Promise.all(clients.map(client => client.receive()));
    expect(responses.filter(Boolean)).toHaveLength(10);
    expect(server.count('tcp_open')).toBe(10);
  });

  test('closing sees them off', async () => {
    const { server, clients } = await crowd(5);
    await server.server.close();
    for (const client of clients) expect(await client.receive()).toBeUndefined();
  });
});
