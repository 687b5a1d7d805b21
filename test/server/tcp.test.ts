import { afterEach, describe, expect, test } from 'vitest';
import type { Octets } from '../../src/dns/index.ts';
import type { TcpLimits, TransferMessages } from '../../src/server/index.ts';
import { framed, idOf, queryOctets, type TcpClient, tcpClient } from '../fakes/dns-client.ts';
import { SimulatedClock, settle } from '../fakes/simulated-clock.ts';
import {
  echoOf,
  startServer,
  type TestServer,
  type TestServerOptions,
} from '../fakes/test-server.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(each => each.close()));
});

async function start(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  opened.push(server);
  return server;
}

async function join({ port }: TestServer, address = '127.0.0.1'): Promise<TcpClient> {
  const client = await tcpClient(address, port);
  opened.push(client);
  return client;
}

/** Waits, event by event, until what is counted reaches `wanted`. */
async function until(isReached: () => boolean): Promise<void> {
  while (!isReached()) await settle();
}

const web = (id: number) => queryOctets(id, 'web.test');
const slow = (id: number) => queryOctets(id, 'slow.test');

describe.each([{ hasSystemCalls: true }, { hasSystemCalls: false }])('TCP, %o', back => {
  test.each(['127.0.0.1', '::1'])('answers at %s', async address => {
    const server = await start({ ...back, addresses: [address] });
    const client = await join(server, address);
    client.send(web(1));
    expect(await client.receive()).toEqual(Buffer.from(echoOf(web(1))));
  });
});

test('answers all queries of a chunk in one write, in order', async () => {
  const client = await join(await start());
  const ids = Array.from({ length: 100 }, (_, id) => id);
  const chunks: Buffer[] = [];
  client.socket.on('data', chunk => chunks.push(chunk));
  client.send(...ids.map(web));
  await until(() => Buffer.concat(chunks).length >= 100 * (2 + web(0).length));
  expect(chunks).toHaveLength(1);
  expect(chunks[0]).toEqual(Buffer.concat(ids.map(id => framed(echoOf(web(id))))));
});

test('answers a query that drips in octet by octet', async () => {
  const server = await start();
  const client = await join(server);
  client.socket.setNoDelay(true);
  for (const octet of framed(web(5))) {
    client.socket.write(Uint8Array.of(octet));
    await settle();
  }
  expect(await client.receive()).toEqual(Buffer.from(echoOf(web(5))));
});

test('answers fast queries while slow ones wait, and slow ones out of order', async () => {
  const waiting: (() => void)[] = [];
  const server = await start({
    slow: octets => new Promise(resolve => waiting.push(() => resolve(echoOf(octets)))),
  });
  const client = await join(server);
  client.send(slow(1), slow(2), web(3));
  expect(idOf((await client.receive())!)).toBe(3);
  for (const respond of waiting.reverse()) respond();
  expect(idOf((await client.receive())!)).toBe(2);
  expect(idOf((await client.receive())!)).toBe(1);
});

test('a client that has closed its side still gets its slow answers, then the end', async () => {
  let respond = () => {};
  const server = await start({
    slow: octets =>
      new Promise(resolve => {
        respond = () => resolve(echoOf(octets));
      }),
  });
  const client = await join(server);
  client.send(slow(1), web(2));
  client.socket.end();
  expect(idOf((await client.receive())!)).toBe(2);
  await settle();
  respond();
  expect(idOf((await client.receive())!)).toBe(1);
  expect(await client.receive()).toBeUndefined();
  await until(() => server.count('tcp_open') === 0);
});

test('reads no more of a connection with too many slow queries in flight', async () => {
  const waiting: (() => void)[] = [];
  const server = await start({
    limits: { slowQueries: 2 },
    slow: octets => new Promise(resolve => waiting.push(() => resolve(echoOf(octets)))),
  });
  const client = await join(server);
  client.send(slow(1), slow(2), slow(3), web(4));
  await until(() => waiting.length === 2);
  await settle();
  expect(server.count('tcp4_queries')).toBe(2);
  expect(server.count('tcp_paused_queries')).toBe(1);
  waiting[0]();
  expect(idOf((await client.receive())!)).toBe(1);
  await until(() => waiting.length === 3);
  waiting[1]();
  expect(idOf((await client.receive())!)).toBe(2);
  expect(idOf((await client.receive())!)).toBe(4);
});

test('writes no more for a client that does not read, and goes on when it does', async () => {
  const server = await start({
    answerInto: (query, start, _end, response, at) => {
      response.set(query.subarray(start, start + 12), at);
      return 60_000;
    },
  });
  const client = await join(server);
  const ids = Array.from({ length: 1000 }, (_, id) => id);
  client.socket.pause();
  client.send(...ids.map(web));
  await until(() => server.count('tcp_responses') > 0);
  for (let turn = 0; turn < 50; turn++) await settle();
  expect(server.count('tcp_responses')).toBeLessThan(900);
  expect(server.count('tcp_paused_unsent')).toBeGreaterThan(0);
  for (const id of ids) expect(idOf((await client.receive())!)).toBe(id);
});

test.each([
  { why: 'a length under 12', octets: [0, 11, ...new Uint8Array(11)] },
  { why: 'a length of nothing', octets: [0, 0] },
])('closes a connection with $why', async ({ octets }) => {
  const server = await start();
  const client = await join(server);
  client.socket.write(Uint8Array.from(octets));
  expect(await client.receive()).toBeUndefined();
  expect(server.count('tcp_closed_malformed')).toBe(1);
});

describe('time', () => {
  interface Row {
    readonly why: string;
    readonly sends: readonly Uint8Array[];
    readonly afterMs: number;
    readonly counter: 'tcp_closed_idle' | 'tcp_closed_unfinished';
  }
  const rows: readonly Row[] = [
    { why: 'says nothing', sends: [], afterMs: 10_000, counter: 'tcp_closed_idle' },
    { why: 'asks no more', sends: [framed(web(1))], afterMs: 10_000, counter: 'tcp_closed_idle' },
    {
      why: 'begins a message',
      sends: [framed(web(1)).subarray(0, 9)],
      afterMs: 2000,
      counter: 'tcp_closed_unfinished',
    },
    {
      why: 'begins a message behind a whole one',
      sends: [Buffer.concat([framed(web(1)), Uint8Array.of(0)])],
      afterMs: 2000,
      counter: 'tcp_closed_unfinished',
    },
  ];
  test.each(rows)('closes a client that $why after $afterMs ms', async row => {
    const clock = new SimulatedClock();
    const server = await start({ clock });
    const client = await join(server);
    await until(() => server.count('tcp_open') === 1);
    const sent = row.sends.reduce((sum, { length }) => sum + length, 0);
    for (const octets of row.sends) client.socket.write(octets);
    await until(() => server.count('tcp_received_octets') === sent);
    await clock.advance(row.afterMs - 251);
    expect(server.count('tcp_open')).toBe(1);
    await clock.advance(502);
    while ((await client.receive()) !== undefined);
    expect(server.count(row.counter)).toBe(1);
  });

  test('a message that drips in has two seconds from its first octet', async () => {
    const clock = new SimulatedClock();
    const server = await start({ clock });
    const client = await join(server);
    const octets = framed(web(1));
    for (let at = 0; at < 9; at++) {
      client.socket.write(octets.subarray(at, at + 1));
      await until(() => server.count('tcp_received_octets') === at + 1);
      await clock.advance(250);
      if (server.count('tcp_closed_unfinished') > 0) break;
    }
    expect(server.count('tcp_closed_unfinished')).toBe(1);
  });

  test('a client that is owed a slow answer is not idle', async () => {
    const clock = new SimulatedClock();
    let respond = () => {};
    const server = await start({
      clock,
      slow: octets =>
        new Promise(resolve => {
          respond = () => resolve(echoOf(octets));
        }),
    });
    const client = await join(server);
    client.send(slow(1));
    await until(() => server.count('slow_queries') === 1);
    await clock.advance(30_000);
    respond();
    expect(idOf((await client.receive())!)).toBe(1);
  });
});

describe('limits on connections', () => {
  const open = async (limits: Partial<TcpLimits>, options: TestServerOptions = {}) => {
    const server = await start({ ...options, limits });
    const clients: TcpClient[] = [];
    for (let count = 1; count <= 2; count++) {
      clients.push(await join(server));
      await until(() => server.count('tcp_open') === count);
    }
    return { server, clients };
  };

  test.each([
    { connections: 2 },
    { connectionsPerAddress: 2 },
  ])('with %o the connection idle longest makes room', async limits => {
    const { server, clients } = await open(limits);
    clients[0].send(web(1));
    await clients[0].receive();
    const third = await join(server);
    expect(await clients[1].receive()).toBeUndefined();
    third.send(web(3));
    expect(idOf((await third.receive())!)).toBe(3);
    clients[0].send(web(4));
    expect(idOf((await clients[0].receive())!)).toBe(4);
    expect(server.count('tcp_closed_for_newer')).toBe(1);
    expect(server.count('tcp_open')).toBe(2);
  });

  test('where all are owed answers the new one has to go', async () => {
    const { server, clients } = await open(
      { connections: 2 },
      { slow: () => new Promise<Octets>(() => {}) },
    );
    for (const client of clients) client.send(slow(1));
    await until(() => server.count('slow_queries') === 2);
    expect(await (await join(server)).receive()).toBeUndefined();
    expect(server.count('tcp_refused_full')).toBe(1);
  });

  test('a new client is served at once under 500 idle ones', async () => {
    const server = await start({ limits: { connectionsPerAddress: 500 } });
    for (let count = 0; count < 500; count++) await join(server);
    const client = await join(server);
    client.send(web(1));
    expect(idOf((await client.receive())!)).toBe(1);
  });
});

describe('a transfer', () => {
  async function* made(count: number, counter: { made: number }): AsyncGenerator<Octets> {
    for (let id = 0; id < count; id++) {
      counter.made++;
      const message = new Uint8Array(50_000);
      message.set(web(id));
      yield message;
    }
  }

  function messages(count: number, counter: { made: number }): TransferMessages {
    return Object.assign(made(count, counter), { cancel: () => {} });
  }

  test('is written as the client takes it, to its end', async () => {
    const counter = { made: 0 };
    const server = await start({ transfer: () => messages(1000, counter) });
    const client = await join(server);
    client.socket.pause();
    client.send(slow(1));
    await until(() => counter.made > 0);
    for (let turn = 0; turn < 50; turn++) await settle();
    expect(counter.made).toBeLessThan(900);
    for (let id = 0; id < 1000; id++) expect(idOf((await client.receive())!)).toBe(id);
  });

  test('has its connection to itself: what is asked meanwhile waits', async () => {
    const counter = { made: 0 };
    let begun = 0;
    const transfer = () => {
      begun++;
      return messages(1000, counter);
    };
    const server = await start({ transfer });
    const client = await join(server);
    client.socket.pause();
    client.send(slow(1), slow(2), web(3));
    await until(() => counter.made > 0);
    for (let turn = 0; turn < 50; turn++) await settle();
    expect([begun, server.count('tcp4_queries')]).toEqual([1, 1]);
    expect(server.count('tcp_paused_transfer')).toBe(1);
    for (let sent = 0; sent < 2; sent++) {
      for (let id = 0; id < 1000; id++) expect(idOf((await client.receive())!)).toBe(id);
    }
    expect(idOf((await client.receive())!)).toBe(3);
  });

  test('ends when the client goes away', async () => {
    const counter = { made: 0 };
    const server = await start({ transfer: () => messages(1000, counter) });
    const client = await join(server);
    client.send(slow(1));
    await client.receive();
    client.close();
    await until(() => server.count('tcp_open') === 0);
    expect(counter.made).toBeLessThan(1000);
  });

  test('that waits for its turn is given up when the client has been idle too long', async () => {
    const clock = new SimulatedClock();
    const given = Promise.withResolvers<Octets[] | undefined>();
    async function* none(): AsyncGenerator<Octets> {
      yield* (await given.promise) ?? [];
    }
    const waiting = Object.assign(none(), { cancel: () => given.resolve(undefined) });
    const server = await start({ clock, transfer: () => waiting });
    const client = await join(server);
    client.send(slow(1));
    await until(() => server.count('transfers') === 1);
    await clock.advance(10_251);
    await given.promise;
    expect(await client.receive()).toBeUndefined();
    expect(server.count('tcp_closed_idle')).toBe(1);
  });
});

test('on closing, slow answers still go out', async () => {
  let respond = () => {};
  const server = await startServer({
    slow: octets =>
      new Promise(resolve => {
        respond = () => resolve(echoOf(octets));
      }),
  });
  const client = await join(server);
  client.send(slow(1));
  await until(() => server.count('slow_queries') === 1);
  const closed = server.close(60_000);
  respond();
  expect(idOf((await client.receive())!)).toBe(1);
  expect(await client.receive()).toBeUndefined();
  await closed;
});
