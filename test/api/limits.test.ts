import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { API_LIMITS, type ApiLimits } from '../../src/api/index.ts';
import type { Explanation } from '../../src/records/index.ts';
import { testWith } from '../fakes/real-programs.ts';
import { ask, serveApi } from '../fakes/served-api.ts';

async function served(limits: Partial<ApiLimits> = {}, options = {}) {
  const api = await serveApi({}, { limits: { ...API_LIMITS, ...limits }, ...options });
  onTestFinished(() => api.close());
  return api;
}

function opened(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

test.each([
  {
    why: 'headers that never end',
    sent: 'GET /health HTTP/1.1\r\nHost:',
    limits: { headersMs: 100 },
  },
  { why: 'a request that never begins', sent: '', limits: { silenceMs: 100 } },
  {
    why: 'a connection kept open after its request',
    sent: 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n',
    limits: { idleMs: 50 },
  },
])('$why: the connection is cut', async ({ sent, limits }) => {
  const { port } = await served(limits);
  const socket = opened(port);
  socket.write(sent);
  socket.resume();
  await once(socket, 'close');
  expect((await ask(`http://127.0.0.1:${port}/health`)).status).toBe(200);
});

test('one address has only so many connections, and gets new ones when old ones go', async () => {
  const { port } = await served({ connectionsPerAddress: 2 });
  const held = [opened(port), opened(port)];
  await Promise.all(held.map(socket => once(socket, 'connect')));
  const refused = opened(port);
  refused.resume();
  await once(refused, 'close');
  held[0].destroy();
  await expect
    .poll(() =>
      ask(`http://127.0.0.1:${port}/health`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
});

test('a client that stops reading a listing is cut, and the listing given up', async () => {
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<void>();
  function* endless() {
    try {
      for (;;) yield { name: 'x'.repeat(1000), id: '', records: [] };
    } finally {
      giveUp();
    }
  }
  const api = await serveApi(
    { enumerate: () => [{ name: 'big', tasks: endless() }] },
    { limits: { ...API_LIMITS, silenceMs: 200 } },
  );
  onTestFinished(() => api.close());
  opened(api.port).write('GET /v1/enumerate HTTP/1.1\r\nHost: x\r\n\r\n');
  await givenUp;
});

test('closing does not wait for those who hold a connection', async () => {
  const api = await serveApi({}, { limits: { ...API_LIMITS, farewellMs: 50 } });
  const socket = opened(api.port);
  socket.write('GET /health HTTP/1.1\r\nHost:');
  await once(socket, 'connect');
  await api.close();
});

test('a token is asked for over the wire, but not for health', async () => {
  const guard = { networks: {}, token: 's3cret', credentials: undefined };
  const { url } = await served({}, { guard });
  const refused = await ask(`${url}/v1/config`);
  expect([refused.status, refused.headers['www-authenticate']]).toEqual([
    401,
    'Bearer realm="mesonym", Basic realm="mesonym"',
  ]);
  const headers = { authorization: 'Bearer s3cret' };
  expect((await ask(`${url}/v1/config`, { headers })).status).toBe(200);
  expect((await ask(`${url}/ready`)).status).toBe(200);
});

testWith('openssl')('with certificate and key it is served by TLS', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesonym-api-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...files, ...subject], { stdio: 'ignore' });
  const ca = readFileSync(certificate, 'utf8');
  const { port } = await served({}, { tls: { certificate: ca, key: readFileSync(key, 'utf8') } });
  const status = await new Promise((resolve, reject) => {
    request(`https://127.0.0.1:${port}/health`, { ca, agent: false }, response => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(200);
});

test('long responses that nobody takes are few, and go with their clients', async () => {
  // More than the kernel holds for a connection.
  const long = 'x'.repeat(2 ** 24) as unknown as Explanation;
  const api = await serveApi({ explain: () => long });
  onTestFinished(() => api.close());
  const path = '/v1/explain/web.mesos';
  const status = async () => (await ask(`http://127.0.0.1:${api.port}${path}`)).status;
  const deaf = [opened(api.port), opened(api.port)];
  for (const socket of deaf) socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(3));
  await Promise.all(deaf.map(socket => once(socket, 'readable')));
  expect(await status()).toBe(503);
  for (const socket of deaf) socket.destroy();
  await expect.poll(status).toBe(200);
});
