import { afterEach, describe, expect, test } from 'vitest';
import type { Octets } from '../../src/dns/index.ts';
import { type UdpClient, udpClient } from '../fakes/dns-client.ts';
import { type RawOpt, rawQuery } from '../fakes/raw-query.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { expectUnharmed, HOSTILE_STATE } from './unharmed.ts';

const NAMES = ['many.marathon.mesos', 'web.marathon.mesos', '_web._tcp.marathon.mesos', 'mesos'];
/** A, NS, SOA, TXT, AAAA, SRV, DNSKEY, ANY: what reflectors are asked for. */
const TYPES = [1, 2, 6, 16, 28, 33, 48, 255];
const ANY = 255;

let product: ServedProduct;
let client: UdpClient;
afterEach(async () => {
  await client.close();
  await expectUnharmed(product);
  await product.close();
});

async function start(settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
  product = await serveProduct(HOSTILE_STATE, { refreshSeconds: 3600, ...settings });
  client = await udpClient('127.0.0.1', product.port);
}

/** The longest response to a query of any name and type with this OPT record. */
async function longest(types: readonly number[], opt?: RawOpt): Promise<number> {
  let most = 0;
  for (const name of NAMES) {
    for (const type of types) {
      const query = rawQuery({ name, type, ...(opt && { opt }) });
      most = Math.max(most, (await client.ask(query)).length);
    }
  }
  return most;
}

describe('a forged query makes little of itself', () => {
  test('1,232 octets at most, whatever is offered; 512 where nothing is', async () => {
    await start();
    expect(await longest(TYPES, { udpPayload: 65_535 })).toBeLessThanOrEqual(1232);
    expect(await longest(TYPES)).toBeLessThanOrEqual(512);
  });

  test('ANY gets no more than the largest of its RRsets would', async () => {
    await start();
    const opt = { udpPayload: 65_535 };
    const plain = await longest(
      TYPES.filter(type => type !== ANY),
      opt,
    );
    expect(await longest([ANY], opt)).toBeLessThanOrEqual(plain);
  });

  test('a flood of equal ones is answered with less than was sent, where a limit is set', async () => {
    const FLOOD = 1_000;
    await start({ rateLimit: 5, rateLimitSlip: 0 });
    const query = rawQuery({ name: 'many.marathon.mesos', type: ANY, opt: { udpPayload: 4096 } });
    for (let sent = 0; sent < FLOOD; sent++) client.send(query);
    const responses: Octets[] = [];
    // Another question, which has an allowance of its own, ends the wait.
    client.send(rawQuery({ id: 99, name: 'mesos', type: 6 }));
    for (;;) {
      const response = await client.receive();
      if (response[1] === 99) break;
      responses.push(response);
    }
    const received = responses.reduce((sum, { length }) => sum + length, 0);
    expect(received / (FLOOD * query.length)).toBeLessThan(1);
    expect(responses.length).toBeGreaterThan(0);
  });
});
