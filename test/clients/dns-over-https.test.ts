import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import packet from 'dns-packet';
import { afterAll, beforeAll, expect } from 'vitest';
import { AUTHORITY, BY_ADDRESS } from '../fakes/certificates.ts';
import { queryOctets } from '../fakes/dns-client.ts';
import { testWith } from '../fakes/real-programs.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { stateJson } from '../fakes/state-json.ts';

const run = promisify(execFile);
const SERVICES = [
  { name: 'web', instances: [['127.0.1.1']] },
  { name: 'many', instances: Array.from({ length: 200 }, (_, index) => [`10.9.7.${index}`]) },
];

let product: ServedProduct;
let origin: string;
let instance: Server;

beforeAll(async () => {
  instance = createServer((_, response) => void response.end('the instance\n'));
  instance.listen(0, '127.0.1.1');
  await once(instance, 'listening');
  product = await serveProduct(stateJson('127.0.0.1:5050', SERVICES), {
    dnsOverHttps: true,
    transferAcl: ['127.0.0.1/32'],
    apiToken: 'not-for-dns',
    apiCertFile: BY_ADDRESS.certificatePath,
    apiKeyFile: BY_ADDRESS.keyPath,
  });
  origin = product.origin.replace('http:', 'https:');
});
afterAll(async () => {
  await product.close();
  instance.close();
});

const realTest = testWith('curl');
const curl = (...words: readonly string[]) =>
  run('curl', ['-sS', '--cacert', AUTHORITY.path, ...words], { encoding: 'buffer' });

/** Asks as a resolver does that has no socket of its own. */
async function ask(query: Uint8Array, ...words: readonly string[]) {
  const dns = Buffer.from(query).toString('base64url');
  const { stdout } = await curl(...words, `${origin}/dns-query?dns=${dns}`);
  return packet.decode(stdout);
}

realTest('curl finds a service by DNS over HTTPS, and reaches it', async () => {
  const { port } = instance.address() as AddressInfo;
  const target = `http://web.marathon.mesos:${port}/`;
  const { stdout } = await curl('--doh-url', `${origin}/dns-query`, target);
  expect(stdout.toString()).toBe('the instance\n');
});

realTest('it has what UDP has no room for, negatives, and outside names refused', async () => {
  expect((await ask(queryOctets(7, 'many.marathon.mesos'))).answers).toHaveLength(200);
  const missing = await ask(queryOctets(8, 'nothing.marathon.mesos'));
  expect([missing.id, (missing as { rcode?: string }).rcode]).toEqual([8, 'NXDOMAIN']);
  expect(await ask(queryOctets(9, 'example.org'))).toMatchObject({ rcode: 'REFUSED' });
});

realTest('transfers are not for HTTP', async () => {
  const transfer = await ask(queryOctets(1, 'mesos', 252));
  expect(transfer).toMatchObject({ rcode: 'REFUSED', answers: [] });
});

realTest('queries are counted by their transport', async () => {
  const words = ['-H', 'Authorization: Bearer not-for-dns', `${origin}/metrics`];
  const read = async () => {
    const text = (await curl(...words)).stdout.toString();
    const series = 'mesonym_dns_queries_total{transport="https",family="4"}';
    return Number(
      text
        .split('\n')
        .find(line => line.startsWith(series))!
        .split(' ')[1],
    );
  };
  const before = await read();
  await ask(queryOctets(2, 'web.marathon.mesos'));
  expect(await read()).toBe(before + 1);
});
