import { generateKeyPairSync, verify } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { readText } from '../../src/mesos/master-body.ts';
import {
  type MasterClient,
  type MasterRequest,
  masterClient,
} from '../../src/mesos/master-client.ts';
import { faultOf } from '../../src/mesos/master-error.ts';
import { type FakeAnswer, type FakeMaster, fakeMaster, respond } from '../fakes/fake-master.ts';
import { SimulatedClock } from '../fakes/simulated-clock.ts';
import { directoryOf, PLAIN_CLIENT } from './fixtures.ts';

const STATE: MasterRequest = {
  method: 'GET',
  path: '/master/state',
  acceptsGzip: true,
  followsRedirects: true,
  wholeMs: 300_000,
};

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function startMaster(answer: FakeAnswer): Promise<FakeMaster> {
  const master = await fakeMaster(answer);
  open.push(master);
  return master;
}

function startClient(
  clock = new SimulatedClock(),
  options = PLAIN_CLIENT,
  directory = directoryOf(),
): MasterClient {
  const client = masterClient(options, clock, directory);
  open.push(client);
  return client;
}

const signal = new AbortController().signal;
const read = async (client: MasterClient, master: FakeMaster, request = STATE) =>
  readText(await client.exchange(master, request, signal));
const fault = (reading: Promise<unknown>) => reading.then(() => 'none', faultOf);

test('a state comes through as it was sent, gzip or not', async () => {
  const zipped = gzipSync('{"id":1}');
  const master = await startMaster(({ path }, socket) => {
    if (path === '/plain') return respond(socket, 200, '{"id":1}');
    socket.write(
      `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`,
    );
    socket.end(zipped);
  });
  const client = startClient();
  expect(await read(client, master, { ...STATE, path: '/plain' })).toBe('{"id":1}');
  expect(await read(client, master)).toBe('{"id":1}');
  expect(master.requests[0].headers).toMatchObject({
    'user-agent': 'Mesonym/test',
    'accept-encoding': 'gzip',
  });
});

test('a host name goes to the addresses that the directory has for it', async () => {
  const master = await startMaster((_, socket) => respond(socket, 200, 'here'));
  const client = startClient(undefined, undefined, directoryOf({ 'm1.test': ['127.0.0.1'] }));
  const response = await client.exchange({ host: 'm1.test', port: master.port }, STATE, signal);
  expect(await readText(response)).toBe('here');
  expect(await fault(client.exchange({ host: 'm2.test', port: 1 }, STATE, signal))).toBe(
    'host-name',
  );
});

describe('redirects', () => {
  test('without a scheme are followed, path and query kept', async () => {
    const leader = await startMaster(({ path }, socket) => respond(socket, 200, path));
    const follower = await startMaster(({ path }, socket) =>
      respond(socket, 307, '', { Location: `//127.0.0.1:${leader.port}${path}?q=1` }),
    );
    const response = await startClient().exchange(follower, STATE, signal);
    expect(response.master.port).toBe(leader.port);
    expect(await readText(response)).toBe('/master/state?q=1');
  });

  test('are followed three times and no more', async () => {
    const master = await startMaster(({ path }, socket) =>
      respond(socket, 307, '', { Location: `//127.0.0.1:${master.port}${path}` }),
    );
    expect(await fault(startClient().exchange(master, STATE, signal))).toBe('redirect');
    expect(master.requests).toHaveLength(4);
  });

  test.each([
    'ftp://127.0.0.1/x',
    'file:///etc/passwd',
    '//[',
    '',
  ])('to %j are refused', async location => {
    const master = await startMaster((_, socket) =>
      respond(socket, 307, '', location === '' ? {} : { Location: location }),
    );
    expect(await fault(startClient().exchange(master, STATE, signal))).toBe('redirect');
  });

  test('are handed to a caller who wants them', async () => {
    const master = await startMaster((_, socket) =>
      respond(socket, 307, '', { Location: '//a:1' }),
    );
    const request = { ...STATE, followsRedirects: false };
    const response = await startClient().exchange(master, request, signal);
    response.discard();
    expect(response).toMatchObject({ status: 307, location: '//a:1' });
  });
});

describe('time limits', () => {
  test.each([
    { why: 'no headers for 5 s', sent: '', afterMs: 5_000 },
    {
      why: 'no octet for 10 s',
      sent: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc',
      afterMs: 10_000,
    },
  ])('$why', async ({ sent, afterMs }) => {
    const clock = new SimulatedClock();
    const master = await startMaster((_, socket) => socket.write(sent));
    const asked = master.nextRequest();
    const outcome = fault(read(startClient(clock), master));
    await asked;
    await expect.poll(() => clock.pending, { interval: 1 }).toBeGreaterThan(1);
    await clock.advance(afterMs - 1);
    expect(await Promise.race([outcome, Promise.resolve('waits')])).toBe('waits');
    await clock.advance(1);
    expect(await outcome).toBe('timeout');
  });

  test('no connection for 2 s: here TLS with somebody who never speaks it', async () => {
    const clock = new SimulatedClock();
    const master = await startMaster(() => {});
    const client = startClient(clock, { ...PLAIN_CLIENT, isSecure: true });
    const outcome = fault(client.exchange(master, STATE, signal));
    await expect.poll(() => clock.pending, { interval: 1 }).toBe(3);
    await clock.advance(1_999);
    expect(await Promise.race([outcome, Promise.resolve('waits')])).toBe('waits');
    await clock.advance(1);
    expect(await outcome).toBe('timeout');
  });

  test('the whole body by its limit, however it drips', async () => {
    const clock = new SimulatedClock();
    const master = await startMaster((_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\na');
    });
    const response = await startClient(clock).exchange(
      master,
      { ...STATE, wholeMs: 9_000 },
      signal,
    );
    const outcome = fault(readText(response));
    await clock.advance(9_000);
    expect(await outcome).toBe('timeout');
  });

  test('the caller may give up at any time', async () => {
    const giveUp = new AbortController();
    const master = await startMaster(() => giveUp.abort());
    expect(await fault(startClient().exchange(master, STATE, giveUp.signal))).toBe('connect');
  });
});

describe('bodies cut short are truncated', () => {
  test.each([
    { why: 'under its Content-Length', sent: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc' },
    {
      why: 'without its last chunk',
      sent: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
    },
    {
      why: 'inside gzip',
      sent: 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08',
    },
  ])('$why', async ({ sent }) => {
    const master = await startMaster((_, socket) => socket.end(Buffer.from(sent, 'latin1')));
    expect(await fault(read(startClient(), master))).toBe('truncated');
  });
});

test('a closed port is a fault of the connection; other octets are invalid', async () => {
  const client = startClient();
  const gone = await startMaster(() => {});
  await gone.close();
  expect(await fault(client.exchange(gone, STATE, signal))).toBe('connect');
  const ssh = await startMaster((_, socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
  expect(await fault(client.exchange(ssh, STATE, signal))).toBe('invalid');
});

describe('credentials', () => {
  const basic = { kind: 'basic', principal: 'me', secret: 's:e' } as const;

  test('basic: sent to masters, dropped on the way to anybody else', async () => {
    const stranger = await startMaster(({ headers }, socket) =>
      respond(socket, 200, headers.authorization ?? 'none'),
    );
    const master = await startMaster(({ path }, socket) =>
      respond(socket, 307, '', { Location: `//stranger.test:${stranger.port}${path}` }),
    );
    const names = { 'stranger.test': ['127.0.0.1'] };
    const directory = directoryOf(names, host => host === '127.0.0.1');
    const client = startClient(undefined, { ...PLAIN_CLIENT, credentials: basic }, directory);
    expect(await read(client, master)).toBe('none');
    expect(master.requests[0].headers.authorization).toBe(`Basic ${btoa('me:s:e')}`);
  });

  test('IAM: a signed claim is exchanged for a token, once, and again when it is refused', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const login = await startMaster((_, socket) => respond(socket, 200, '{"token":"T"}'));
    let status = 200;
    const master = await startMaster((_, socket) => respond(socket, status));
    const account = {
      uid: 'mesonym',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      loginEndpoint: `http://127.0.0.1:${login.port}/acs/api/v1/auth/login`,
    };
    const options = { ...PLAIN_CLIENT, credentials: { kind: 'iam', account } } as const;
    const client = startClient(new SimulatedClock(), options);
    await Promise.all([read(client, master), read(client, master)]);
    for (const next of [401, 200]) {
      status = next;
      await read(client, master);
    }
    expect(master.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(4).fill('token=T'),
    );
    expect(login.requests).toHaveLength(2);
    const { uid, token } = JSON.parse(login.requests[0].body) as { uid: string; token: string };
    const [head, claims, signature] = token.split('.');
    const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect([uid, decode(head), decode(claims)]).toEqual([
      'mesonym',
      { alg: 'RS256', typ: 'JWT' },
      { uid: 'mesonym', exp: 1_700_003_600 },
    ]);
    const signed = Buffer.from(`${head}.${claims}`);
    expect(verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('IAM: a login that fails is a fault of authentication', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const login = await startMaster((_, socket) => respond(socket, 401, '{}'));
    const account = {
      uid: 'mesonym',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      loginEndpoint: `http://127.0.0.1:${login.port}/`,
    };
    const client = startClient(undefined, {
      ...PLAIN_CLIENT,
      credentials: { kind: 'iam', account },
    });
    expect(await fault(client.exchange(login, STATE, signal))).toBe('auth');
  });
});
