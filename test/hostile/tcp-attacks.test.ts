import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { framed, queryOctets, tcpClient, udpClient } from '../fakes/dns-client.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { addressesIn, expectUnharmed, HOSTILE_STATE, shareUntil } from './unharmed.ts';

const MIB = 2 ** 20;
const DEAF = 100;
const WEB = ['10.9.8.1', '10.9.8.2', '10.9.8.3'];
const WEB_QUERY = queryOctets(1, 'web.marathon.mesos');

let product: ServedProduct;
const sockets: Socket[] = [];

/** A connection from an address of the loopback; what it is sent is read and forgotten. */
async function attacker(from = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port: product.port, host: '127.0.0.1', localAddress: from });
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

function attackers(count: number, addresses: number): Promise<Socket[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => attacker(`127.0.1.${1 + (index % addresses)}`)),
  );
}

async function knownIsAnswered(): Promise<void> {
  const byUdp = await udpClient('127.0.0.1', product.port);
  expect(addressesIn(await byUdp.ask(WEB_QUERY))).toEqual(WEB);
  await byUdp.close();
  const byTcp = await tcpClient('127.0.0.1', product.port);
  byTcp.send(WEB_QUERY);
  expect(addressesIn((await byTcp.receive())!)).toEqual(WEB);
  byTcp.close();
}

/** Resolves when the server has closed the connection, in whatever way. */
async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.destroyed && !socket.readableEnded) {
    await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  }
}

const closedFor = (cause: string) => product.metric(`mesonym_tcp_closed_total{cause="${cause}"}`);

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await knownIsAnswered();
  await expectUnharmed(product);
});

describe('with time limits as short as can be', () => {
  beforeAll(async () => {
    const settings = { tcpMessageSeconds: 1, tcpIdleSeconds: 2 };
    product = await serveProduct(HOSTILE_STATE, settings);
  });
  afterAll(() => product.close());

  test.each([0, 1, 11])('a length of %s octets ends the connection', async length => {
    const before = await closedFor('malformed');
    const socket = await attacker();
    socket.write(Buffer.concat([Uint8Array.of(0, length), WEB_QUERY]));
    await closed(socket);
    expect(await closedFor('malformed')).toBe(before + 1);
  });

  test('a length that lies costs its sender the connection, and takes no memory', async () => {
    const before = product.residentOctets();
    const liars = await attackers(80, 1);
    for (const socket of liars) socket.write(Buffer.concat([Uint8Array.of(255, 255), WEB_QUERY]));
    await Promise.all(liars.map(closed));
    expect(await closedFor('unfinished')).toBe(80);
    expect(product.residentOctets() - before).toBeLessThan(16 * MIB);
  });

  test('octets that drip one by one do not prolong a message', async () => {
    const before = await closedFor('unfinished');
    const socket = await attacker();
    const octets = framed(WEB_QUERY);
    let sent = 0;
    const drip = setInterval(() => socket.write(octets.subarray(sent, ++sent)), 100);
    await closed(socket);
    clearInterval(drip);
    expect(sent).toBeLessThan(octets.length);
    expect(await closedFor('unfinished')).toBe(before + 1);
  });

  test('silence ends the connection', async () => {
    const before = await closedFor('idle');
    await closed(await attacker());
    expect(await closedFor('idle')).toBe(before + 1);
  });

  test('unread responses end the connection, after little memory', async () => {
    // More than the buffers of both kernels take.
    const flood = Buffer.concat(Array(12_000).fill(framed(queryOctets(2, 'many.marathon.mesos'))));
    /** The most memory resident until so many clients that read nothing are shown out. */
    const mostWith = async (count: number) => {
      const shown = (await closedFor('unread')) + count;
      for (const socket of await attackers(count, 20)) {
        socket.pause();
        socket.write(flood);
      }
      let most = 0;
      while ((await closedFor('unread')) < shown) {
        await knownIsAnswered();
        most = Math.max(most, product.residentOctets());
      }
      return most;
    };
    // With the first ones code is compiled, whatever they cost; growth is counted from there.
    await mostWith(5);
    const before = product.residentOctets();
    expect((await mostWith(DEAF)) - before).toBeLessThan(16 * MIB);
  });
});

describe('with the limits as they are', () => {
  beforeAll(async () => {
    product = await serveProduct(HOSTILE_STATE, { refreshSeconds: 3600 });
  });
  afterAll(() => product.close());

  test('a client that has sent all it will still gets its answers', async () => {
    const client = await tcpClient('127.0.0.1', product.port);
    client.send(WEB_QUERY, queryOctets(2, 'web.marathon.mesos'));
    client.socket.end();
    expect(addressesIn((await client.receive())!)).toEqual(WEB);
    expect(addressesIn((await client.receive())!)).toEqual(WEB);
    expect(await client.receive()).toBeUndefined();
  });

  test('one that closes inside a message is forgotten', async () => {
    const socket = await attacker();
    socket.end(framed(WEB_QUERY).subarray(0, 9));
    await closed(socket);
    while ((await product.metric('mesonym_tcp_connections')) > 0) await knownIsAnswered();
  });

  test('connections that are reset at once are forgotten', async () => {
    for (let round = 0; round < 5; round++) {
      const brief = await attackers(100, 2);
      for (const socket of brief) {
        socket.write(framed(WEB_QUERY));
        socket.resetAndDestroy();
      }
    }
    while ((await product.metric('mesonym_tcp_connections')) > 0) await knownIsAnswered();
  });

  test('a flood of queries in one connection is answered to the last, and others beside it', async () => {
    const QUERIES = 20_000;
    const client = await tcpClient('127.0.0.1', product.port);
    client.send(...Array.from({ length: QUERIES }, (_, index) => queryOctets(index, 'web.mesos')));
    const others = knownIsAnswered();
    for (let received = 0; received < QUERIES; received++) await client.receive();
    await others;
    client.close();
  });

  test('at the limit of an address its own idlest connection makes room', async () => {
    const before = await closedFor('newer');
    while ((await product.metric('mesonym_tcp_connections')) > 0);
    const [first] = await attackers(1, 1);
    while ((await product.metric('mesonym_tcp_connections')) < 1);
    await attackers(100, 1);
    await closed(first);
    expect(await closedFor('newer')).toBe(before + 1);
    expect(await product.metric('mesonym_tcp_connections')).toBe(100);
  });
});

describe('beside 500 idle connections', () => {
  const IDLE_SECONDS = 3;
  beforeAll(async () => {
    const settings = { refreshSeconds: 3600, tcpIdleSeconds: IDLE_SECONDS };
    product = await serveProduct(HOSTILE_STATE, settings);
  });
  afterAll(() => product.close());

  test('a new client is served in less than 2 of the 3 s they may stay; they cost no time', async () => {
    const startMs = performance.now();
    const idle = await attackers(500, 5);
    // The kernel accepts at once, the server when it comes to it.
    while ((await product.metric('mesonym_tcp_connections')) < 500);
    await knownIsAnswered();
    const servedMs = performance.now() - startMs;
    const share = await shareUntil(product, Promise.race(idle.map(closed)));
    expect(servedMs / (performance.now() - startMs)).toBeLessThan(2 / IDLE_SECONDS);
    expect(share).toBeLessThan(0.02);
  });
});

describe('with room for 5,000 connections', () => {
  const MANY = 5_000;
  const IDLE_SECONDS = 5;
  /** Sockets here and there, and what the kernel keeps for them apart. */
  const MOST_OCTETS_EACH = 16_384;
  beforeAll(async () => {
    product = await serveProduct(HOSTILE_STATE, {
      refreshSeconds: 3600,
      tcpIdleSeconds: IDLE_SECONDS,
      tcpConnections: MANY + 10,
      tcpConnectionsPerAddress: MANY / 10,
    });
  });
  afterAll(() => product.close());

  test('a new client is served at once beside 5,000 idle ones, which take little memory', async () => {
    await knownIsAnswered();
    const before = product.residentOctets();
    const startMs = performance.now();
    for (let opened = 0; opened < MANY; opened += 500) await attackers(500, 10);
    while ((await product.metric('mesonym_tcp_connections')) < MANY);
    const askedMs = performance.now();
    await knownIsAnswered();
    const servedMs = performance.now() - askedMs;
    const each = (product.residentOctets() - before) / MANY;
    await Promise.race(sockets.map(closed));
    // 2 of the 5 s that they may stay.
    expect(servedMs / (performance.now() - startMs)).toBeLessThan(2 / IDLE_SECONDS);
    expect(each).toBeLessThan(MOST_OCTETS_EACH);
    expect(await closedFor('newer')).toBe(0);
  });
});
