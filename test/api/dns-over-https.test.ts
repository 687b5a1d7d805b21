import { once } from 'node:events';
import { connect } from 'node:net';
import packet from 'dns-packet';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HttpClient } from '../../src/api/dns-over-https.ts';
import { inNetworks, network, type Octets } from '../../src/dns/index.ts';
import { queryOctets } from '../fakes/dns-client.ts';
import { serveApi } from '../fakes/served-api.ts';

const TYPE = 'application/dns-message';
const QUERY = queryOctets(0, 'web.test');
const RESPONSE = packet.encode({
  id: 0,
  type: 'response',
  questions: [{ type: 'A', name: 'web.test' }],
  answers: [
    { type: 'A', name: 'web.test', ttl: 60, data: '10.0.0.1' },
    { type: 'A', name: 'web.test', ttl: 7, data: '10.0.0.2' },
  ],
});

let api: Awaited<ReturnType<typeof serveApi>>;
const asked: { query: Octets; client: HttpClient }[] = [];
let response: Octets | undefined;

beforeAll(async () => {
  const askDns = async (query: Octets, client: HttpClient) => {
    asked.push({ query, client });
    return response;
  };
  api = await serveApi({ askDns });
});
afterAll(() => api.close());
beforeEach(() => {
  asked.length = 0;
  response = RESPONSE;
});

const url = (query: Octets) =>
  `${api.url}/dns-query?dns=${Buffer.from(query).toString('base64url')}`;
const post = (body: Buffer<ArrayBuffer> | string, type = TYPE) =>
  fetch(`${api.url}/dns-query`, { method: 'POST', body, headers: { 'Content-Type': type } });

test.each([
  { how: 'GET', send: () => fetch(url(QUERY)) },
  { how: 'POST', send: () => post(Buffer.from(QUERY)) },
  { how: 'POST, the type with a parameter', send: () => post(Buffer.from(QUERY), `${TYPE}; q=1`) },
  { how: 'GET for that type alone', send: () => fetch(url(QUERY), { headers: { Accept: TYPE } }) },
])('$how has the query answered, for as long as the least TTL', async ({ send }) => {
  const reply = await send();
  expect(reply.status).toBe(200);
  expect(reply.headers.get('content-type')).toBe(TYPE);
  expect(reply.headers.get('cache-control')).toBe('max-age=7');
  expect(Buffer.from(await reply.arrayBuffer())).toEqual(RESPONSE);
  expect(asked.map(({ query }) => Buffer.from(query))).toEqual([Buffer.from(QUERY)]);
  expect(asked[0].client.address).toBe('127.0.0.1');
  expect(asked[0].client.port).toBeGreaterThan(0);
});

test('HEAD tells the length and no more', async () => {
  const reply = await fetch(url(QUERY), { method: 'HEAD' });
  expect(reply.headers.get('content-length')).toBe(String(RESPONSE.length));
  expect(await reply.text()).toBe('');
});

const path = (query: string) => () => fetch(`${api.url}/dns-query${query}`);
test.each([
  { why: 'no query', status: 400, send: path('') },
  { why: 'an empty query', status: 400, send: path('?dns=') },
  { why: 'two queries', status: 400, send: path('?dns=AAAA&dns=AAAA') },
  { why: 'base64 that is not for URLs', status: 400, send: path('?dns=ab%2B%2F') },
  { why: 'base64 of half an octet', status: 400, send: path('?dns=AAAAA') },
  { why: 'less than a header', status: 400, send: () => post('short') },
  { why: 'a response', status: 400, send: () => fetch(url(RESPONSE)) },
  { why: 'a query beyond all length', status: 414, send: () => fetch(url(new Uint8Array(5000))) },
  { why: 'a body beyond all length', status: 413, send: () => post(Buffer.alloc(5000)) },
  { why: 'a body of another type', status: 415, send: () => post('x', 'text/plain') },
  {
    why: 'wanting another type',
    status: 406,
    send: () => fetch(url(QUERY), { headers: { Accept: 'application/dns-json' } }),
  },
  {
    why: 'PUT',
    status: 405,
    send: () => fetch(`${api.url}/dns-query`, { method: 'PUT', body: 'x' }),
  },
])('$why is $status, and nobody is asked', async ({ status, send }) => {
  expect((await send()).status).toBe(status);
  expect(asked).toEqual([]);
});

test('a body that grows beyond all length without saying so is 413', async () => {
  const socket = connect(api.port, '127.0.0.1');
  socket.write(
    `POST /dns-query HTTP/1.1\r\nHost: x\r\nContent-Type: ${TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  socket.write(`1400\r\n${'x'.repeat(0x1400)}\r\n`);
  const [head] = await once(socket, 'data');
  expect(String(head)).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
});

test('a client that leaves in the midst of its body costs nothing', async () => {
  const socket = connect(api.port, '127.0.0.1');
  socket.write(
    `POST /dns-query HTTP/1.1\r\nHost: x\r\nContent-Type: ${TYPE}\r\nContent-Length: 99\r\n\r\nxx`,
  );
  await once(socket, 'connect');
  socket.resetAndDestroy();
  expect((await fetch(url(QUERY))).status).toBe(200);
});

test('what nobody answers is 503', async () => {
  response = undefined;
  expect((await fetch(url(QUERY))).status).toBe(503);
});

test('without the setting there is no such path', async () => {
  const plain = await serveApi();
  expect((await fetch(`${plain.url}/dns-query?dns=AAAA`)).status).toBe(404);
  await plain.close();
});

describe('who may', () => {
  test.each([
    { networks: ['127.0.0.0/8'], status: 200 },
    { networks: ['10.0.0.0/8'], status: 403 },
  ])('with $networks it is $status, whatever token the rest wants', async row => {
    const networks = { dns: inNetworks(row.networks.map(text => network(text)!)) };
    const guard = { networks, token: 'secret', credentials: undefined };
    const guarded = await serveApi({ askDns: async () => RESPONSE }, { guard });
    const dns = Buffer.from(QUERY).toString('base64url');
    expect((await fetch(`${guarded.url}/dns-query?dns=${dns}`)).status).toBe(row.status);
    expect((await fetch(`${guarded.url}/v1/version`)).status).toBe(401);
    await guarded.close();
  });
});
