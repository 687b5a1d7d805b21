import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUTHORITIES, startAuthority } from '../fakes/authorities.ts';
import { tcpClient, udpClient } from '../fakes/dns-client.ts';
import { rawQuery } from '../fakes/raw-query.ts';
import { testWith } from '../fakes/real-programs.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { stateJson } from '../fakes/state-json.ts';
import { seenResponse, verdictOf } from '../fakes/verdict.ts';

const SECRET = 'e5e973e5a6b2a43f48e7dc849e37bfcf';
const CLIENT_COOKIE = '2464c4abcf10c957';
const COOKIE = 10;

let ours: ServedProduct;
let zone: string;
beforeAll(async () => {
  const services = [{ name: 'web', instances: [['10.9.8.1']] }];
  ours = await serveProduct(stateJson('127.0.0.1:5050', services), { cookieSecret: SECRET });
  zone = await ours.text('/v1/zone');
});
afterAll(() => ours.close());

/** The cookie that a server sends back for this one, in hexadecimal digits. */
async function cookieFrom(port: number, cookie: string) {
  const client = await udpClient('127.0.0.1', port);
  const query = { name: 'mesos', type: 6, opt: { options: [[COOKIE, cookie]] } } as const;
  const seen = seenResponse(await client.ask(rawQuery(query)));
  await client.close();
  const option = seen?.opt?.options.find(({ code }) => code === COOKIE);
  // BADCOOKIE is 23, of which the OPT record holds the upper half.
  return {
    cookie: option?.data?.toString('hex') ?? '',
    isAccepted: seen?.opt?.extendedRcode === 0,
  };
}

// RFC 9018 section 5: servers behind one address share the secret, and take each other's cookies.
describe.each(AUTHORITIES)('%s', name => {
  testWith(name)('takes our cookie, and we take its own', async () => {
    const server = await startAuthority(name, zone, SECRET);
    const { cookie: theirs } = await cookieFrom(server.port, CLIENT_COOKIE);
    const { cookie: own } = await cookieFrom(ours.port, CLIENT_COOKIE);
    const answer = await cookieFrom(server.port, own);
    await server.close();
    expect(theirs).toMatch(/^2464c4abcf10c95701000000[0-9a-f]{24}$/);
    expect(await cookieFrom(ours.port, theirs)).toEqual({ cookie: theirs, isAccepted: true });
    expect(answer.isAccepted).toBe(true);
    // named makes a new one each time; what is not echoed by the others they found wrong.
    if (name !== 'named') expect(answer.cookie).toBe(own);
  });
});

// RFC 7873 section 5.4: a client may ask for a cookie without asking anything else.
describe('without a question', () => {
  const ask = async (cookie: string) => {
    const client = await udpClient('127.0.0.1', ours.port);
    const response = await client.ask(
      rawQuery({ name: null, opt: { options: [[COOKIE, cookie]] } }),
    );
    await client.close();
    return response;
  };

  test('the cookie is given, is good, and another is refused', async () => {
    const first = await ask(CLIENT_COOKIE);
    expect(verdictOf(first)).toBe('NOERROR opt cookie');
    expect([first[4], first[5]]).toEqual([0, 0]);
    const given = seenResponse(first)!.opt!.options.find(({ code }) => code === COOKIE)!.data!;
    expect(given.toString('hex')).toMatch(/^2464c4abcf10c95701000000[0-9a-f]{24}$/);
    expect(verdictOf(await ask(given.toString('hex')))).toBe('NOERROR opt cookie');
    expect(verdictOf(await ask(`${CLIENT_COOKIE}01000000${'0a'.repeat(12)}`))).toBe(
      'BADCOOKIE opt cookie',
    );
  });

  test('by TCP as well', async () => {
    const stream = await tcpClient('127.0.0.1', ours.port);
    stream.send(rawQuery({ name: null, opt: { options: [[COOKIE, CLIENT_COOKIE]] } }));
    expect(verdictOf(await stream.receive())).toBe('NOERROR opt cookie');
    stream.close();
  });
});

test('a forged one is replaced', async () => {
  const forged = `${CLIENT_COOKIE}01000000${'0a'.repeat(12)}`;
  const { cookie } = await cookieFrom(ours.port, forged);
  expect(cookie).toMatch(/^2464c4abcf10c957/);
  expect(cookie).not.toBe(forged);
});

testWith('dig')('dig finds the cookie good, and comes back with it', async () => {
  const dig = async (cookie: string) => {
    const options = ['@127.0.0.1', '-p', String(ours.port), `+cookie=${cookie}`, '+qr'];
    const { stdout } = await promisify(execFile)('dig', [...options, 'web.marathon.mesos']);
    return stdout;
  };
  const first = await dig(CLIENT_COOKIE);
  const [, cookie] = /^; COOKIE: ([0-9a-f]{48}) \(good\)$/m.exec(first) ?? [];
  expect(cookie, first).toBeDefined();
  expect(await dig(cookie)).toMatch(new RegExp(`^; COOKIE: ${cookie} \\(good\\)$`, 'm'));
});
