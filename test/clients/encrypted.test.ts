import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { AUTHORITY, BY_ADDRESS } from '../fakes/certificates.ts';
import { testWith } from '../fakes/real-programs.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { stateJson } from '../fakes/state-json.ts';

const run = promisify(execFile);
const SERVICES = [
  { name: 'web', instances: [['10.9.8.1'], ['10.9.8.2'], ['10.9.8.3']], ports: [31000] },
  { name: 'many', instances: Array.from({ length: 300 }, (_, index) => [`10.9.7.${index % 250}`]) },
];

let product: ServedProduct;
let tlsPort: string;

beforeAll(async () => {
  product = await serveProduct(stateJson('127.0.0.1:5050', SERVICES), {
    tlsListeners: ['127.0.0.1:0'],
    tlsCertFile: BY_ADDRESS.certificatePath,
    tlsKeyFile: BY_ADDRESS.keyPath,
    transferAcl: ['127.0.0.1/32'],
  });
  tlsPort = /"tls":\["127\.0\.0\.1:(\d+)"\]/.exec(product.log.join('\n'))![1];
});
afterAll(() => product.close());

const realTest = testWith('kdig');

async function kdig(...words: readonly string[]): Promise<string> {
  const { stdout } = await run('kdig', ['@127.0.0.1', '-p', tlsPort, ...words]);
  return stdout;
}

realTest('kdig is answered by TLS, and its check of the certificate passes', async () => {
  const output = await kdig(`+tls-ca=${AUTHORITY.path}`, 'web.marathon.mesos');
  expect(output).toMatch(/TLS session \(TLS1\.3\)/);
  expect(output.match(/^web\.marathon\.mesos\.\s+60\s+IN\s+A\s+10\.9\.8\.\d$/gm)).toHaveLength(3);
  // The authorities of the system did not sign it.
  await expect(kdig('+tls-ca', '+retry=0', 'web.marathon.mesos')).rejects.toThrow();
  expect(await kdig('+tls', '+short', 'many.marathon.mesos')).toMatch(/(10\.9\.7\.\d+\n){250}/);
});

realTest('kdig takes the certificate by the pin of its key, and no other', async () => {
  const { publicKey } = new X509Certificate(BY_ADDRESS.certificate);
  const octets = publicKey.export({ type: 'spki', format: 'der' });
  const pin = createHash('sha256').update(octets).digest('base64');
  expect(await kdig(`+tls-pin=${pin}`, '+short', 'web.marathon.mesos')).toMatch(/10\.9\.8/);
  const other = Buffer.alloc(32).toString('base64');
  const refused = kdig(`+tls-pin=${other}`, '+retry=0', 'web.marathon.mesos');
  await expect(refused).rejects.toThrow();
});

realTest('what kdig pads is padded in return', async () => {
  const output = await kdig('+tls', '+padding=128', 'web.marathon.mesos');
  expect(output).toMatch(/Received 468 B/);
});

realTest('a secondary that asks by TLS gets the zone (RFC 9103)', async () => {
  const output = await kdig('+tls', 'mesos', 'AXFR');
  expect(output.match(/\sIN\sSOA\s/g)).toHaveLength(2);
  expect(output).toMatch(/web\.marathon\.mesos\./);
});

realTest('queries are counted by their transport', async () => {
  const queries = () => product.metric('mesonym_dns_queries_total{transport="tls",family="4"}');
  const before = await queries();
  await kdig('+tls', 'web.marathon.mesos');
  expect(await queries()).toBe(before + 1);
});
