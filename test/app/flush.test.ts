import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryOctets, type UdpClient, udpClient } from '../fakes/dns-client.ts';
import { untilTrue } from '../fakes/real-secondaries.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { steadyQueries } from '../fakes/steady-queries.ts';
import { answersWith, type FakeUpstream, fakeUpstream } from '../fakes/upstream.ts';
import { addressesIn, HOSTILE_STATE } from '../hostile/unharmed.ts';

const NAMES = ['one.example', 'other.example'];
const TOKEN = 's3cret';
/** So many that each thread gets some: the kernel deals them out by the client's port. */
const CLIENTS = 16;

let upstream: FakeUpstream;
let product: ServedProduct;
const clients: UdpClient[] = [];

beforeAll(async () => {
  upstream = await fakeUpstream(answersWith('192.0.2.0', 3600));
  product = await serveProduct(HOSTILE_STATE, {
    externalOn: true,
    resolvers: [`127.0.0.1:${upstream.port}`],
    threads: 2,
    apiToken: TOKEN,
  });
  for (let count = 0; count < CLIENTS; count++) {
    clients.push(await udpClient('127.0.0.1', product.port));
  }
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await product.close();
  await upstream.close();
});

/** The addresses that the clients get, each once. */
async function addressesOf(name: string): Promise<readonly string[]> {
  const query = queryOctets(1, name);
  const all = await Promise.all(clients.map(async client => addressesIn(await client.ask(query))));
  return [...new Set(all.flat())].toSorted();
}

const post = async (path: string) => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  expect(await fetch(product.origin + path, { method: 'POST', headers })).toMatchObject({
    ok: true,
  });
};

test.each([
  { why: 'SIGUSR1', flush: () => void product.child.kill('SIGUSR1'), forgotten: NAMES },
  { why: 'POST /v1/flush', flush: () => post('/v1/flush'), forgotten: NAMES },
  {
    why: 'POST with a name',
    flush: () => post('/v1/flush?name=One.Example'),
    forgotten: ['one.example'],
  },
])('$why has every thread forget outside answers, while queries run', async row => {
  upstream.behave(answersWith('192.0.2.1', 3600));
  await post('/v1/flush');
  for (const name of NAMES) {
    await untilTrue('both threads know the old one', async () => {
      return (await addressesOf(name)).join() === '192.0.2.1';
    });
  }
  upstream.behave(answersWith('192.0.2.2', 3600));
  const queries = await steadyQueries({ host: '127.0.0.1', port: product.port }, NAMES[0], 200);
  await queries.more(20);
  for (const name of NAMES) expect(await addressesOf(name)).toEqual(['192.0.2.1']);
  const before = upstream.seen.length;
  await row.flush();
  for (const name of row.forgotten) {
    await untilTrue('all know the new one', async () => {
      return (await addressesOf(name)).join() === '192.0.2.2';
    });
  }
  await queries.more(20);
  // Each of the two threads asked once for each name.
  expect(upstream.seen.length - before).toBe(2 * row.forgotten.length);
  for (const name of NAMES.filter(each => !row.forgotten.includes(each))) {
    expect(await addressesOf(name)).toEqual(['192.0.2.1']);
  }
  const { sent, answered, wrong } = await queries.stop();
  expect({ answered, wrong }).toEqual({ answered: sent, wrong: 0 });
});

test('SIGUSR1 opens no debugger', () => {
  expect(product.log.filter(line => line.includes('Debugger'))).toEqual([]);
});
