import { once } from 'node:events';
import { connect } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import packet from 'dns-packet';
import { afterEach, describe, expect, test } from 'vitest';
import { AUTHORITY, BY_ADDRESS, BY_NAME } from '../fakes/certificates.ts';
import { idOf, queryOctets, type TcpClient, tlsClient } from '../fakes/dns-client.ts';
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
  const server = await startServer({ certificate: BY_ADDRESS, ...options });
  opened.push(server);
  return server;
}

async function join({ tlsPort }: TestServer, options: ConnectionOptions = {}): Promise<TcpClient> {
  const client = await tlsClient(tlsPort, { ca: AUTHORITY.text, ...options });
  opened.push(client);
  return client;
}

/** A connection that does not greet as TLS wants it. */
async function intrude({ tlsPort }: TestServer) {
  const socket = connect(tlsPort, '127.0.0.1');
  opened.push({ close: () => socket.destroy() });
  socket.on('error', () => {}).resume();
  await once(socket, 'connect');
  return socket;
}

async function until(isReached: () => boolean): Promise<void> {
  while (!isReached()) await settle();
}

const web = (id: number) => queryOctets(id, 'web.test');
const slow = (id: number) => queryOctets(id, 'slow.test');

test.each([true, false])('answers by TLS, with system calls: %s', async hasSystemCalls => {
  const server = await start({ hasSystemCalls });
  const client = await join(server, { ALPNProtocols: ['dot'] });
  expect((client.socket as TLSSocket).alpnProtocol).toBe('dot');
  const ids = Array.from({ length: 100 }, (_, id) => id);
  client.send(...ids.map(web));
  for (const id of ids) expect(await client.receive()).toEqual(Buffer.from(echoOf(web(id))));
  expect(server.count('tls4_queries')).toBe(100);
  expect(server.count('tls_responses')).toBe(100);
  expect(server.count('tls_received_octets')).toBe(100 * (2 + web(0).length));
  expect(server.count('tls_sent_octets')).toBe(100 * (2 + web(0).length));
  expect(server.count('tcp4_queries')).toBe(0);
  expect(server.count('tls_handshakes')).toBe(1);
  expect(server.count('tcp_open')).toBe(1);
  client.socket.end();
  await until(() => server.count('tcp_open') === 0);
  expect(server.count('tls_handshakes_failed')).toBe(0);
});

test('slow answers come by TLS too, and after the client has ended its side', async () => {
  const server = await start({ slow: async octets => echoOf(octets) });
  const client = await join(server);
  client.send(slow(1), slow(2));
  client.socket.end();
  expect(idOf((await client.receive())!)).toBe(1);
  expect(idOf((await client.receive())!)).toBe(2);
  expect(await client.receive()).toBeUndefined();
});

test('a long response arrives whole, and a client that reads late gets all', async () => {
  const server = await start({
    answerInto: (query, startAt, _end, response, at) => {
      response.set(query.subarray(startAt, startAt + 12), at);
      return 60_000;
    },
  });
  const client = await join(server);
  const ids = Array.from({ length: 500 }, (_, id) => id);
  client.socket.pause();
  client.send(...ids.map(web));
  await until(() => server.count('tls_responses') > 0);
  for (let turn = 0; turn < 50; turn++) await settle();
  expect(server.count('tls_responses')).toBeLessThan(400);
  for (const id of ids) {
    const response = (await client.receive())!;
    expect([idOf(response), response.length]).toEqual([id, 60_000]);
  }
});

describe('who is not let in', () => {
  test.each([
    { why: 'a protocol that is not DNS', options: { ALPNProtocols: ['http/1.1'] } },
    { why: 'TLS 1.1', options: { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1' } as const },
  ])('$why', async ({ options }) => {
    const server = await start();
    const ciphers = 'DEFAULT@SECLEVEL=0';
    await expect(join(server, { ...options, ciphers })).rejects.toThrow();
    await until(() => server.count('tls_handshakes_failed') === 1);
    expect(server.count('tcp_open')).toBe(0);
  });

  test('plain DNS and garbage at the port', async () => {
    const server = await start();
    for (const octets of [
      [0, 26, ...web(1)],
      new Uint8Array(3000).fill(0xff),
      [0x16, 3, 1, 0, 0],
    ]) {
      const socket = await intrude(server);
      socket.write(Uint8Array.from(octets));
      socket.end();
      await once(socket, 'close');
    }
    await until(() => server.count('tls_handshakes_failed') === 3);
    const client = await join(server);
    client.send(web(7));
    expect(idOf((await client.receive())!)).toBe(7);
  });

  test('a reset in the midst of the handshake', async () => {
    const server = await start();
    const socket = await intrude(server);
    socket.write(Uint8Array.of(0x16, 3, 1));
    await settle();
    socket.resetAndDestroy();
    await until(() => server.count('tls_handshakes_failed') === 1);
    expect(server.count('tcp_open')).toBe(0);
  });
});

test('a handshake that drips has as long as a connection may be silent', async () => {
  const clock = new SimulatedClock();
  const server = await start({ clock, limits: { idleMs: 10_000 } });
  const socket = await intrude(server);
  const closed = once(socket, 'close');
  await until(() => server.count('tcp_open') === 1);
  // A greeting of 512 octets is announced; one octet of it comes each second.
  socket.write(Uint8Array.of(0x16, 3, 1, 2, 0));
  for (let second = 0; second < 9; second++) {
    socket.write(Uint8Array.of(1));
    await clock.advance(1000);
  }
  expect(server.count('tcp_open')).toBe(1);
  await clock.advance(2000);
  await closed;
  expect(server.count('tcp_closed_idle')).toBe(1);
  await until(() => server.count('tls_handshakes_failed') === 1);
});

test('who only greets makes room for who asks', async () => {
  const server = await start({ limits: { connectionsPerAddress: 2 } });
  await intrude(server);
  await intrude(server);
  const client = await join(server);
  client.send(web(1));
  expect(idOf((await client.receive())!)).toBe(1);
  expect(server.count('tcp_closed_for_newer')).toBe(1);
});

test('a new certificate is for those who come after it', async () => {
  const server = await start();
  const before = await join(server);
  server.server.renewCertificate(BY_NAME);
  const after = await join(server, { servername: 'm1.test' });
  for (const client of [before, after]) {
    client.send(web(1));
    expect(idOf((await client.receive())!)).toBe(1);
  }
  await expect(join(server)).rejects.toThrow(/not in the cert's list/);
});

test('a certificate that is not of its key is refused, and the old one stays', async () => {
  const server = await start();
  const mixed = { certificate: BY_NAME.certificate, key: BY_ADDRESS.key };
  expect(() => server.server.renewCertificate(mixed)).toThrow();
  await join(server);
});

describe('padding', () => {
  const options = (length: number) => [
    { code: 12, type: 'OPTION_12', data: Buffer.alloc(length) } as unknown as packet.PacketOpt,
  ];
  const opt = (list: readonly packet.PacketOpt[]) => ({
    type: 'OPT' as const,
    name: '.' as const,
    udpPayloadSize: 1232,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [...list],
  });
  const query = (name: string, list: readonly packet.PacketOpt[]) =>
    packet.encode({
      id: 1,
      type: 'query',
      questions: [{ type: 'A', name }],
      additionals: [opt(list)],
    });

  test.each([
    { why: 'a hot answer', name: 'web.test' },
    { why: 'a slow answer', name: 'slow.test' },
  ])('$why comes in whole blocks to a client that pads', async ({ name }) => {
    // An echo has the padding of its query, and gets ours behind it.
    const server = await start({ slow: async octets => echoOf(octets) });
    const client = await join(server);
    client.send(query(name, options(80)), query(name, []));
    const padded = (await client.receive())!;
    expect(padded).toHaveLength(468);
    expect(packet.decode(Buffer.from(padded)).additionals).toHaveLength(1);
    expect((await client.receive())!).toHaveLength(query(name, []).length);
  });
});
