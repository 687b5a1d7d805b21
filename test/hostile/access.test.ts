import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import type { Octets } from '../../src/dns/index.ts';
import { queryOctets, tcpClient, udpClient } from '../fakes/dns-client.ts';
import { type RawOption, rawQuery } from '../fakes/raw-query.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { answersWith, type FakeUpstream, fakeUpstream, staysSilent } from '../fakes/upstream.ts';
import { seenResponse, verdictOf } from '../fakes/verdict.ts';
import { addressesIn, expectUnharmed, HOSTILE_STATE } from './unharmed.ts';

const INSIDE = '127.0.0.2';
const OUTSIDE = '127.0.0.1';
const PROHIBITED = 18;
const EXTENDED_ERROR = 15;
const COOKIE = 10;
const WEB = rawQuery({ name: 'web.marathon.mesos', opt: {} });

let product: ServedProduct;
let upstream: FakeUpstream | undefined;
afterEach(async () => {
  await product.close();
  await upstream?.close();
  upstream = undefined;
});

async function ask(query: Octets, from: string): Promise<Octets> {
  const client = await udpClient('127.0.0.1', product.port, from);
  const response = await client.ask(query);
  await client.close();
  return response;
}

function extendedError(response: Octets): number | undefined {
  const option = seenResponse(response)?.opt?.options.find(({ code }) => code === EXTENDED_ERROR);
  return option?.data?.readUInt16BE(0);
}

test('queryAcl: others are refused with EDE 18, by UDP and TCP, and counted', async () => {
  product = await serveProduct(HOSTILE_STATE, { queryAcl: [`${INSIDE}/32`] });
  expect(addressesIn(await ask(WEB, INSIDE))).toHaveLength(3);
  const refusal = await ask(WEB, OUTSIDE);
  expect(verdictOf(refusal)).toBe('REFUSED opt');
  expect(extendedError(refusal)).toBe(PROHIBITED);
  const stream = await tcpClient('127.0.0.1', product.port, OUTSIDE);
  stream.send(WEB);
  expect(verdictOf(await stream.receive())).toBe('REFUSED opt');
  stream.close();
  expect(await product.metric('mesonym_dns_refused_total{list="query"}')).toBe(2);
  await expectUnharmed(product);
});

test('recursionAcl: outside names are for those inside; RA tells who is', async () => {
  upstream = await fakeUpstream(answersWith('192.0.2.7'));
  product = await serveProduct(HOSTILE_STATE, {
    externalOn: true,
    resolvers: [`127.0.0.1:${upstream.port}`],
    recursionAcl: [`${INSIDE}/32`],
  });
  const query = rawQuery({ name: 'example.org', flags: 0x0100, opt: {} });
  expect(addressesIn(await ask(query, INSIDE))).toEqual(['192.0.2.7']);
  const refusal = await ask(query, OUTSIDE);
  expect(verdictOf(refusal)).toBe('REFUSED rd opt');
  expect(extendedError(refusal)).toBe(PROHIBITED);
  expect(upstream.seen).toHaveLength(1);
  expect(verdictOf(await ask(WEB, INSIDE))).toBe('NOERROR aa ra A opt');
  expect(verdictOf(await ask(WEB, OUTSIDE))).toBe('NOERROR aa A opt');
  expect(await product.metric('mesonym_dns_refused_total{list="recursion"}')).toBe(1);
  await expectUnharmed(product);
});

test('transferAcl: the zone is for those inside', async () => {
  product = await serveProduct(HOSTILE_STATE, { transferAcl: [`${INSIDE}/32`] });
  const transfer = async (from: string) => {
    const stream = await tcpClient('127.0.0.1', product.port, from);
    stream.send(queryOctets(1, 'mesos', 252));
    const response = await stream.receive();
    stream.close();
    return verdictOf(response);
  };
  expect(await transfer(INSIDE)).toMatch(/^NOERROR aa A AAAA NS SOA SRV/);
  expect(await transfer(OUTSIDE)).toMatch(/^REFUSED/);
  expect(await product.metric('mesonym_transfers_total{outcome="axfr"}')).toBe(1);
  expect(await product.metric('mesonym_transfers_total{outcome="refused"}')).toBe(1);
  await expectUnharmed(product);
});

test('apiAcl: HTTP is for those inside, but for health', async () => {
  product = await serveProduct(HOSTILE_STATE, { apiAcl: [`${INSIDE}/32`] });
  const get = (path: string, localAddress: string) =>
    new Promise<IncomingMessage>(resolve => {
      request(new URL(path, product.origin), { localAddress }, resolve).end();
    });
  const status = async (path: string, localAddress: string) => {
    const response = await get(path, localAddress);
    response.resume();
    return response.statusCode;
  };
  for (const path of ['/v1/config', '/v1/axfr', '/metrics', '/v1/status', '/v1/watch?since=0']) {
    expect(await status(path, OUTSIDE), path).toBe(403);
  }
  expect(await status('/v1/axfr', INSIDE)).toBe(200);
  expect(await status('/health', OUTSIDE)).toBe(200);
  expect(await status('/ready', OUTSIDE)).toBe(200);
  const metrics = await text(await get('/metrics', INSIDE));
  expect(metrics).toMatch(/^mesonym_http_refused_total\{cause="network"\} 5$/m);
  expect(metrics).toMatch(/^mesonym_http_refused_total\{cause="credentials"\} 0$/m);
});

test('apiToken: HTTP without it is refused and counted', async () => {
  product = await serveProduct(HOSTILE_STATE, { apiToken: 'open-sesame' });
  const withToken = (token: string) =>
    fetch(`${product.origin}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  expect((await withToken('open-says-me')).status).toBe(401);
  expect(await (await withToken('open-sesame')).text()).toMatch(
    /^mesonym_http_refused_total\{cause="credentials"\} 1$/m,
  );
});

test('a silent upstream costs no slot for ever', async () => {
  upstream = await fakeUpstream(staysSilent);
  product = await serveProduct(HOSTILE_STATE, {
    externalOn: true,
    resolvers: [`127.0.0.1:${upstream.port}`],
    upstreamQueries: 2,
    timeout: 1,
  });
  const client = await udpClient('127.0.0.1', product.port);
  const query = (id: number) => rawQuery({ id, name: `name${id}.example`, flags: 0x0100, opt: {} });
  for (let id = 1; id <= 20; id++) client.send(query(id));
  const verdicts = new Set<string>();
  for (let id = 1; id <= 20; id++) verdicts.add(verdictOf(await client.receive()));
  expect([...verdicts]).toEqual(['SERVFAIL rd ra opt']);
  upstream.behave(answersWith('192.0.2.7'));
  for (let id = 21; ; id++) {
    const response = await client.ask(query(id));
    if (addressesIn(response).includes('192.0.2.7')) break;
  }
  await client.close();
  await expectUnharmed(product);
});

describe('rate limiting', () => {
  const LIMIT = 5;
  const QUERIES = 200;
  const EXEMPT = '127.1.0.3';
  const settings = {
    rateLimit: LIMIT,
    rateLimitSlip: 2,
    rateLimitExempt: [`${EXEMPT}/32`],
    rateLimitPrefix4: 32,
  };

  /** How many responses come to equal queries; one to a question of another kind ends the wait. */
  async function burst(from: string, options: readonly RawOption[] = []) {
    const client = await udpClient('127.0.0.1', product.port, from);
    const query = rawQuery({ id: 1, name: 'web.marathon.mesos', opt: { options } });
    for (let sent = 0; sent < QUERIES; sent++) client.send(query);
    await client.ask(rawQuery({ id: 2, name: 'mesos', type: 6 }));
    await client.close();
    return client.received;
  }

  test('drops what is over the limit, lets every second one slip truncated, and spares some', async () => {
    product = await serveProduct(HOSTILE_STATE, settings);
    const limited = (action: string) =>
      product.metric(`mesonym_dns_rate_limited_total{action="${action}"}`);
    const count = await burst('127.0.0.9');
    const slipped = await limited('slipped');
    const dropped = await limited('dropped');
    // The burst may cross into a second, or a third, and each has its allowance.
    expect(QUERIES - slipped - dropped).toBeGreaterThanOrEqual(LIMIT);
    expect(QUERIES - slipped - dropped).toBeLessThanOrEqual(3 * LIMIT);
    expect(Math.abs(slipped - dropped)).toBeLessThanOrEqual(1);
    expect(count - 1).toBe(QUERIES - dropped);

    expect(await burst(EXEMPT)).toBe(QUERIES + 1);
    const cookie = await cookieFor('127.0.0.10');
    expect(await burst('127.0.0.10', [[COOKIE, cookie]])).toBe(QUERIES + 1);
    expect(await limited('dropped')).toBe(dropped);

    const stream = await tcpClient('127.0.0.1', product.port, '127.0.0.9');
    for (let sent = 0; sent < QUERIES; sent++) stream.send(WEB);
    for (let received = 0; received < QUERIES; received++) {
      expect(verdictOf(await stream.receive())).toBe('NOERROR aa ra A opt');
    }
    stream.close();
    await expectUnharmed(product);
  });

  async function cookieFor(from: string): Promise<string> {
    const options: readonly RawOption[] = [[COOKIE, '2464c4abcf10c957']];
    const seen = seenResponse(await ask(rawQuery({ name: 'mesos', opt: { options } }), from));
    return seen!.opt!.options.find(({ code }) => code === COOKIE)!.data!.toString('hex');
  }

  test('what slips is truncated and empty, with the OPT record', async () => {
    product = await serveProduct(HOSTILE_STATE, { ...settings, rateLimit: 1, rateLimitSlip: 1 });
    const client = await udpClient('127.0.0.1', product.port);
    const verdicts = new Set<string>();
    for (let sent = 0; sent < 20; sent++) verdicts.add(verdictOf(await client.ask(WEB)));
    await client.close();
    expect([...verdicts].toSorted()).toEqual(['NOERROR aa ra A opt', 'NOERROR tc opt']);
  });
});
