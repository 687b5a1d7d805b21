import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { udpClient } from '../fakes/dns-client.ts';
import { rawQuery } from '../fakes/raw-query.ts';
import { type ServedProduct, serveProduct } from '../fakes/served-product.ts';
import { type StreamUpstream, streamUpstream } from '../fakes/stream-upstream.ts';
import { framed, responseTo } from '../fakes/upstream.ts';
import { verdictOf } from '../fakes/verdict.ts';
import { PROJECT } from '../paths.ts';
import { expectUnharmed, HOSTILE_STATE } from './unharmed.ts';

const file = (name: string) => join(PROJECT, 'test/fixtures/tls', `${name}.pem`);
const AUTHORITY = file('ca');
const ANSWERED = 'NOERROR rd ra A opt';
const FAILED = 'SERVFAIL rd ra opt';

let product: ServedProduct;
let upstream: StreamUpstream;
afterEach(async () => {
  await product.close();
  await upstream.close();
});

/** The verdict on an outside name by way of a TLS upstream whose certificate is for `m1.test`. */
async function verdictBy(serverName: string, upstreamCACertFile: string): Promise<string> {
  upstream = await streamUpstream(
    (seen, socket) => {
      const answers = [{ type: 'A' as const, name: seen.name, ttl: 60, data: '192.0.2.7' }];
      socket.write(framed(responseTo(seen, { answers })));
    },
    { cert: readFileSync(file('master')), key: readFileSync(file('master-key')) },
  );
  product = await serveProduct(HOSTILE_STATE, {
    externalOn: true,
    resolvers: [`tls://127.0.0.1:${upstream.port}#${serverName}`],
    upstreamCACertFile,
  });
  const client = await udpClient('127.0.0.1', product.port);
  const query = rawQuery({ name: 'example.org', flags: 0x0100, opt: {} });
  const verdict = verdictOf(await client.ask(query));
  await client.close();
  await expectUnharmed(product);
  return verdict;
}

test.each([
  {
    why: 'trusted and rightly named: answers',
    name: 'm1.test',
    file: AUTHORITY,
    verdict: ANSWERED,
  },
  { why: 'of another name: is not asked', name: 'other.test', file: AUTHORITY, verdict: FAILED },
  { why: 'nobody vouches for: is not asked', name: 'm1.test', file: '', verdict: FAILED },
])('a tls:// upstream, $why', async ({ name, file: authorities, verdict }) => {
  expect(await verdictBy(name, authorities)).toBe(verdict);
  expect(upstream.seen.filter(({ name: asked }) => asked === 'example.org')).toHaveLength(
    verdict === ANSWERED ? 1 : 0,
  );
});
